using System.Security.Cryptography;
using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class HashTests
{
    // FIPS 180-4 examples (csrc.nist.gov, "Examples with Intermediate Values", SHA-256) and the empty message.
    [TestMethod]
    [DataRow("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [DataRow("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [DataRow("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [DataRow("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public void Sha256_Fips180Vector_GivesPublishedHash(string text, string expected)
    {
        byte[] data = Encoding.ASCII.GetBytes(text);
        Assert.AreEqual(expected, Hex.Text(Sha256.Hash(data, 0, data.Length)));
    }

    [TestMethod]
    public void Sha256_MillionTimesA_GivesPublishedHash()
    {
        byte[] data = Encoding.ASCII.GetBytes(new string('a', 1000));
        var sha = new Sha256();
        for (int i = 0; i < 1000; i++)
        {
            sha.Append(data, 0, data.Length);
        }

        byte[] hash = new byte[32];
        sha.Finish(hash, 0);
        Assert.AreEqual("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hex.Text(hash));
    }

    [TestMethod]
    public void Sha256_EveryLengthAndSplit_EqualsPlatformHash()
    {
        byte[] data = new byte[200];
        new Random(1).NextBytes(data);
        byte[] hash = new byte[40];
        var sha = new Sha256();
        for (int length = 0; length <= data.Length; length++)
        {
            string expected = Hex.Text(SHA256.HashData(data.AsSpan(0, length)));
            for (int split = 0; split <= length; split += 7)
            {
                sha.Append(data, 0, split);
                sha.Append(data, split, length - split);
                sha.Finish(hash, 5);
                Assert.AreEqual(expected, Hex.Text(hash[5..37]), $"length {length}, split {split}");
            }

            for (int i = 0; i < length; i++)
            {
                sha.Append(data, i, 1);
            }

            sha.Finish(hash, 0);
            Assert.AreEqual(expected, Hex.Text(hash[..32]), $"length {length}, byte by byte");
        }
    }

    [TestMethod]
    public void Sha256_Reset_ForgetsWhatWasAppended()
    {
        var sha = new Sha256();
        sha.Append([1, 2, 3], 0, 3);
        sha.Reset();
        byte[] hash = new byte[32];
        sha.Finish(hash, 0);
        Assert.AreEqual(Hex.Text(Sha256.Hash([], 0, 0)), Hex.Text(hash));
    }

    [TestMethod]
    public void Sha256_BadSlice_Throws()
    {
        var sha = new Sha256();
        Assert.ThrowsExactly<ArgumentNullException>(() => sha.Append(null!, 0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => sha.Append(new byte[3], -1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => sha.Append(new byte[3], 4, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => sha.Append(new byte[3], 2, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => sha.Append(new byte[3], 2, -1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => sha.Finish(new byte[31], 0));
    }

    // RFC 4231 section 4, test cases 1 to 7; case 5 publishes the first 128 bits only.
    [TestMethod]
    [DataRow("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [DataRow("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [DataRow("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dd*50", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [DataRow("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd*50", "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    [DataRow("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b")]
    [DataRow("aa*131", "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    [DataRow("aa*131", "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e", "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")]
    public void HmacSha256_Rfc4231Vector_GivesPublishedCode(string key, string data, string expected)
    {
        byte[] bytes = Expand(data);
        string code = Hex.Text(HmacSha256.Hash(Expand(key), bytes, 0, bytes.Length));
        Assert.AreEqual(expected, code[..expected.Length]);
    }

    [TestMethod]
    public void HmacSha256_EveryKeyLength_EqualsPlatformCode()
    {
        byte[] data = new byte[130];
        new Random(2).NextBytes(data);
        for (int length = 0; length <= data.Length; length++)
        {
            byte[] key = data[..length];
            var hmac = new HmacSha256(key);
            hmac.Append(data, 0, 3);
            hmac.Reset();
            hmac.Append(data, 0, 50);
            hmac.Append(data, 50, data.Length - 50);
            byte[] code = new byte[32];
            hmac.Finish(code, 0);
            string expected = Hex.Text(HMACSHA256.HashData(key, data));
            Assert.AreEqual(expected, Hex.Text(code), $"key of {length}");

            hmac.Append(data, 0, data.Length);
            hmac.Finish(code, 0);
            Assert.AreEqual(expected, Hex.Text(code), $"key of {length}, second use");
        }
    }

    [TestMethod]
    public void FixedTimeEquals_Differences_AreSeen()
    {
        Assert.IsTrue(FixedTime.FixedTimeEquals([], []));
        Assert.IsTrue(FixedTime.FixedTimeEquals([1, 2], [1, 2]));
        Assert.IsFalse(FixedTime.FixedTimeEquals([1, 2], [1, 3]));
        Assert.IsFalse(FixedTime.FixedTimeEquals([0, 2], [1, 2]));
        Assert.IsFalse(FixedTime.FixedTimeEquals([1, 2], [1, 2, 3]));
        Assert.ThrowsExactly<ArgumentNullException>(() => FixedTime.FixedTimeEquals(null!, []));
        Assert.ThrowsExactly<ArgumentNullException>(() => FixedTime.FixedTimeEquals([], null!));
    }

    private static byte[] Expand(string hex)
    {
        int star = hex.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? Hex.Bytes(hex)
            : Enumerable.Repeat(Hex.Bytes(hex[..star])[0], int.Parse(hex[(star + 1)..], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
    }
}
