using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class OptionsTests
{
    [TestMethod]
    [DataRow(null, "reg")]
    [DataRow("", "reg")]
    [DataRow("0ne/1", "reg")]
    [DataRow("0ne", null)]
    [DataRow("0ne", "reg.")]
    [DataRow("0ne", "re g")]
    public void Options_BadIdentity_Throws(string? idScope, string? registrationId)
    {
        Assert.ThrowsExactly<ArgumentException>(() => new ProvisioningOptions(idScope!, registrationId!));
    }

    [TestMethod]
    public void Options_DefaultsAndBounds_AreAsDocumented()
    {
        var options = new ProvisioningOptions("0ne", "reg");
        Assert.AreEqual("2019-03-31 300000 30000 30000 2 60000", $"{options.ApiVersion} {options.TimeoutMilliseconds} {options.ConnectTimeoutMilliseconds} {options.RequestTimeoutMilliseconds} {options.DefaultPollSeconds} {options.Retry.MaximumDelayMilliseconds}");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.TimeoutMilliseconds = 999);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.ConnectTimeoutMilliseconds = 99);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.RequestTimeoutMilliseconds = 86400001);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => options.DefaultPollSeconds = 0);
        Assert.ThrowsExactly<ArgumentException>(() => options.ApiVersion = "");
        options.ConnectTimeoutMilliseconds = 100;
        options.RequestTimeoutMilliseconds = 100;
        options.DefaultPollSeconds = 3600;
    }

    [TestMethod]
    public void Token_OfADerivedKey_IsTheWorkedVectorV6b()
    {
        var options = new ProvisioningOptions("0ne00000A0A", "reg-001");
        Assert.IsTrue(GroupKey.TryDeriveDeviceKey("//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwA==", options.RegistrationId, out string? key, out _));
        Assert.IsTrue(SymmetricKeySigner.TryCreate(key!, out SymmetricKeySigner? signer, out _));
        Assert.AreEqual(
            "SharedAccessSignature sr=0ne00000A0A%2Fregistrations%2Freg-001&sig=ppycOsg5K0cjHCkiVbPwHOEkmkOD9d1w5GVHJ0vJYek%3D&se=1893456000&skn=registration",
            SasToken.Create(options.TokenResource, "registration", 1893456000, signer!));
    }
}
