using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class ByteWriterTests
{
    [TestMethod]
    public void Writer_AllKindsOfWrites_AreAppended()
    {
        var writer = new ByteWriter(0, 100);
        writer.WriteByte((byte)'a');
        writer.WriteAscii("b\u00e9");
        writer.WriteUtf8("\u00e9");
        writer.Write([0, 1, 2, 3], 1, 2);
        writer.WriteInt64(-15);
        CollectionAssert.AreEqual(new byte[] { 0x61, 0x62, 0x3F, 0xC3, 0xA9, 1, 2, 0x2D, 0x31, 0x35 }, writer.ToArray());
        Assert.AreEqual(10, writer.Count);
        Assert.IsFalse(writer.Overflowed);
        writer.Clear();
        Assert.AreEqual(0, writer.Count);
    }

    [TestMethod]
    public void Writer_AtItsLimit_RefusesWholeWritesAndEverythingAfter()
    {
        var writer = new ByteWriter(2, 5);
        writer.WriteAscii("abc");
        writer.WriteAscii("def");
        Assert.IsTrue(writer.Overflowed);
        writer.WriteByte(1);
        writer.WriteUtf8("g");
        Assert.AreEqual("abc", Utf8Text.GetString(writer.Buffer, 0, writer.Count));
        writer.Clear();
        Assert.IsFalse(writer.Overflowed);
        writer.WriteInt64(12345);
        Assert.AreEqual("12345", Utf8Text.GetString(writer.Buffer, 0, writer.Count));
        Assert.HasCount(5, writer.Buffer);
        writer.WriteInt64(1);
        Assert.IsTrue(writer.Overflowed);
    }

    [TestMethod]
    public void Write_OwnBuffer_IsCopiedEvenWhenItGrows()
    {
        var writer = new ByteWriter(3, 1000);
        writer.WriteAscii("abc");
        writer.Write(writer.Buffer, 0, 3);
        Assert.AreEqual("abcabc", Utf8Text.GetString(writer.Buffer, 0, writer.Count));
    }

    [TestMethod]
    public void Writer_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ByteWriter(-1, 5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ByteWriter(6, 5));
        var writer = new ByteWriter(0, 5);
        Assert.ThrowsExactly<ArgumentNullException>(() => writer.WriteAscii(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => writer.WriteUtf8(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => writer.Write([1], 1, 1));
    }
}
