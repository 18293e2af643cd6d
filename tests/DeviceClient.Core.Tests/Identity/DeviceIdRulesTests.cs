using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class DeviceIdRulesTests
{
    [TestMethod]
    public void DeviceId_EveryAsciiCharacter_FollowsTheHubsSet()
    {
        for (int c = 0; c < 0x100; c++)
        {
            bool allowed = (c < 0x80 && char.IsAsciiLetterOrDigit((char)c)) || "-:.+%_#*?!(),=@;$'".Contains((char)c, StringComparison.Ordinal);
            Assert.AreEqual(allowed, DeviceIdRules.IsValidDeviceId("a" + (char)c, out string? error), $"character {c}");
            Assert.AreEqual(allowed, error == null);
            Assert.AreEqual(allowed, DeviceIdRules.IsValidModuleId("a" + (char)c, out _), $"character {c}");
        }
    }

    [TestMethod]
    public void Ids_Lengths_AreBounded()
    {
        Assert.IsTrue(DeviceIdRules.IsValidDeviceId(new string('a', 128), out _));
        Assert.IsFalse(DeviceIdRules.IsValidDeviceId(new string('a', 129), out string? error));
        Assert.Contains("129", error!);
        Assert.IsFalse(DeviceIdRules.IsValidDeviceId("", out _));
        Assert.IsFalse(DeviceIdRules.IsValidDeviceId(null, out _));
        Assert.IsTrue(DeviceIdRules.IsValidHostName(new string('a', 253), out _));
        Assert.IsFalse(DeviceIdRules.IsValidHostName(new string('a', 254), out _));
    }

    [TestMethod]
    [DataRow("reg-001", true)]
    [DataRow("Reg.a_b:1", true)]
    [DataRow("reg-", true)]
    [DataRow("reg.", false)]
    [DataRow("reg_", false)]
    [DataRow("reg:", false)]
    [DataRow("a b", false)]
    [DataRow("a#b", false)]
    [DataRow("", false)]
    public void RegistrationId_Rule_IsDpsRule(string id, bool valid)
    {
        Assert.AreEqual(valid, DeviceIdRules.IsValidRegistrationId(id, out string? error));
        Assert.AreEqual(valid, error == null);
    }
}
