namespace DeviceClient.Emulator.Tests;

/// <summary>What the options do at the start, and what a start that cannot succeed says.</summary>
[TestClass]
public sealed class HubEmulatorStartTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hub-start-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public async Task Restart_OnTheSameFiles_LetsTheSameDeviceInUnderTheSameRoot()
    {
        var options = new HubEmulatorOptions
        {
            DataFile = Path.Combine(_directory, "hub.db"),
            CertificateDirectory = Path.Combine(_directory, "certificates"),
            Seed = HubSeed.Parse("""{"devices":[{"deviceId":"d1"}]}"""),
        };
        string key, root, service;
        await using (HubEmulator first = await HubEmulator.StartAsync(options))
        {
            key = first.Devices.Get("d1").Authentication.PrimaryKey!;
            (root, service) = (first.RootCertificatePem, first.Policies[0].PrimaryKey);
        }

        await using HubEmulator second = await HubEmulator.StartAsync(options);
        Assert.AreEqual((key, root, service), (second.Devices.Get("d1").Authentication.PrimaryKey, second.RootCertificatePem, second.Policies[0].PrimaryKey));
        await using Peer peer = await Peer.ConnectAsync(second, second.Devices.Get("d1"));
        Assert.AreEqual(0, peer.ReturnCode);
    }

    [TestMethod]
    public async Task SeedFile_Wrong_NamesFileAndPathAndReleasesTheDataFile()
    {
        string seed = Path.Combine(_directory, "seed.json");
        await File.WriteAllTextAsync(seed, """{"devices":[{"deviceId":"a b"}]}""");
        var options = new HubEmulatorOptions { SeedFile = seed, DataFile = Path.Combine(_directory, "hub.db") };
        InvalidDataException error = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => HubEmulator.StartAsync(options));
        StringAssert.Contains(error.Message, seed);
        StringAssert.Contains(error.Message, "$.devices[0]");
        await using HubEmulator hub = await HubEmulator.StartAsync(options with { SeedFile = null });
        Assert.AreEqual(0, hub.Devices.Count);
    }

    [TestMethod]
    public async Task OwnerPolicyKey_IsTheKeyOfBothServices()
    {
        string key = HubAuthentication.NewKey();
        await using HttpRig rig = await HttpRig.StartAsync(new HubEmulatorOptions { OwnerPolicyKey = key });
        StringAssert.EndsWith(rig.Hub.HubConnectionString, "SharedAccessKey=" + key);
        StringAssert.EndsWith(rig.Hub.ProvisioningConnectionString, "SharedAccessKey=" + key);
        Assert.AreEqual(200, (await rig.CallAsync("GET", "/devices?api-version=2021-04-12")).Status);
    }
}
