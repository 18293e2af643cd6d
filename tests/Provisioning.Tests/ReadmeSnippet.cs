using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

/// <summary>The snippet of the package's README, run against a scripted service.</summary>
[TestClass]
public sealed class ReadmeSnippet
{
    private const string GroupKeyText = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwA==";

    [TestMethod]
    public void Readme_Snippet_RegistersADevice()
    {
        int answers = 0;
        (int Status, string? RetryAfter, byte[] Body) Send(HttpsProvisioningRequest request)
        {
            Assert.StartsWith("SharedAccessSignature sr=0ne00000A0A%2Fregistrations%2Fsensor-17&", request.Authorization!);
            answers++;
            return answers < 3 ? (202, "3", Encoding.UTF8.GetBytes(Bench.Assigning)) : (200, null, Encoding.UTF8.GetBytes(Bench.Assigned));
        }

        ProvisioningResult result = Register(GroupKeyText, 1893456000, Send);
        Assert.AreEqual("hub.example", result.AssignedHub);
        Assert.AreEqual(3, answers);
    }

    private static ProvisioningResult Register(string groupKey, long unixSeconds, Func<HttpsProvisioningRequest, (int Status, string? RetryAfter, byte[] Body)> send)
    {
        long now = 0;

        // snippet:begin
        var options = new ProvisioningOptions("0ne00000A0A", "sensor-17");
        var session = new ProvisioningSession(options, new XorShiftRandom(1));
        var https = new HttpsProvisioningMapping(options, session);
        var request = new HttpsProvisioningRequest();
        var wish = new ProvisioningWish();

        if (!GroupKey.TryDeriveDeviceKey(groupKey, options.RegistrationId, out string? key, out string? error)
            || !SymmetricKeySigner.TryCreate(key!, out SymmetricKeySigner? signer, out error))
        {
            throw new ArgumentException(error);
        }

        session.Register(now);
        while (true)
        {
            while (session.TryTakeWish(wish))
            {
                if (wish.Kind == ProvisioningWishKind.OpenTransport)
                {
                    session.HandleTransportOpened(now);
                }
                else if (wish.Kind != ProvisioningWishKind.CloseTransport)
                {
                    https.Build(wish, SasToken.Create(options.TokenResource, "registration", unixSeconds + 3600, signer!), request);
                    var answer = send(request);
                    https.HandleResponse(request.RequestId, answer.Status, answer.RetryAfter, answer.Body, 0, answer.Body.Length, now);
                }
            }

            if (session.TryTakeResult(out ProvisioningResult? result))
            {
                return result!;
            }

            now = session.NextDeadline; // a real driver waits until then
            session.HandleTimeout(now);
        }
        // snippet:end
    }
}
