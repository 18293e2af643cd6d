using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class HttpsMappingTests
{
    [TestMethod]
    public void Https_WholeRegistration_HasTheServicesShapes()
    {
        var bench = new Bench(o => o.ProductInfo = "my-device/1.0");
        var mapping = new HttpsProvisioningMapping(bench.Options, bench.Session);
        var request = new HttpsProvisioningRequest();
        bench.StartRegistering();
        mapping.Build(bench.Wish, "SharedAccessSignature x", request);
        Assert.AreEqual("PUT /0ne00000A0A/registrations/reg-001/register?api-version=2019-03-31", request.Method + " " + request.PathAndQuery);
        Assert.AreEqual("{\"registrationId\":\"reg-001\"}", Encoding.UTF8.GetString(request.Body, 0, request.BodyCount));
        Assert.AreEqual("SharedAccessSignature x", request.Authorization);
        Assert.AreEqual("my-device/1.0", request.UserAgent);
        Assert.AreEqual("application/json; charset=utf-8", HttpsProvisioningRequest.ContentType);

        byte[] body = Encoding.UTF8.GetBytes(Bench.Assigning);
        Assert.IsTrue(mapping.HandleResponse(request.RequestId, 202, "5", body, 0, body.Length, bench.Now));
        Assert.IsGreaterThanOrEqualTo(5000, bench.Jump());
        bench.Expect(ProvisioningWishKind.SendPoll);
        mapping.Build(bench.Wish, null, request);
        Assert.AreEqual("GET /0ne00000A0A/registrations/reg-001/operations/4.op?api-version=2019-03-31", request.Method + " " + request.PathAndQuery);
        Assert.AreEqual(0, request.BodyCount);
        Assert.IsNull(request.Authorization);

        body = Encoding.UTF8.GetBytes(Bench.Assigned);
        Assert.IsTrue(mapping.HandleResponse(request.RequestId, 200, null, body, 0, body.Length, bench.Now));
        Assert.IsTrue(bench.TakeResult().IsAssigned);
        Assert.IsFalse(mapping.HandleResponse(request.RequestId, 200, null, body, 0, body.Length, bench.Now));
    }

    [TestMethod]
    public void Build_DriversWishOrNull_Throws()
    {
        var bench = new Bench();
        var mapping = new HttpsProvisioningMapping(bench.Options, bench.Session);
        bench.Session.Register(bench.Now);
        bench.Take();
        Assert.ThrowsExactly<ArgumentException>(() => mapping.Build(bench.Wish, null, new HttpsProvisioningRequest()));
        Assert.ThrowsExactly<ArgumentNullException>(() => mapping.Build(null!, null, new HttpsProvisioningRequest()));
        Assert.ThrowsExactly<ArgumentNullException>(() => mapping.Build(bench.Wish, null, null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new HttpsProvisioningMapping(null!, bench.Session));
        Assert.ThrowsExactly<ArgumentNullException>(() => new HttpsProvisioningMapping(bench.Options, null!));
    }

    [TestMethod]
    public void Answer_MutatedBodies_NeverThrowAndAlwaysEndOrGoOn()
    {
        const int seed = 808;
        var random = new Random(seed);
        string[] goods =
        [
            Bench.Assigning, Bench.Assigned,
            "{\"errorCode\":401002,\"trackingId\":\"t\",\"message\":\"m\"}",
            "{\"operationId\":\"o\",\"status\":\"failed\",\"registrationState\":{\"errorCode\":1,\"errorMessage\":\"x\",\"symmetricKey\":{\"enrollmentGroupId\":\"g\"},\"payload\":[1]}}",
        ];
        for (int round = 0; round < 20000; round++)
        {
            var bench = new Bench();
            bench.StartRegistering();
            byte[] body = Encoding.UTF8.GetBytes(goods[random.Next(goods.Length)]);
            for (int i = random.Next(4); i > 0; i--)
            {
                body[random.Next(body.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"{}[]\":,0n"[random.Next(9)];
            }

            int status = random.Next(4) == 0 ? random.Next(100, 600) : 200 + (2 * random.Next(2));
            int count = random.Next(5) == 0 ? random.Next(body.Length) : body.Length;
            Assert.IsTrue(bench.Session.HandleAnswer(bench.Wish.RequestId, status, random.Next(-1, 5), body, 0, count, bench.Now));
            bool ended = bench.Session.TryTakeResult(out ProvisioningResult? result);
            Assert.AreEqual(ended, bench.Session.State == ProvisioningState.Completed, $"seed {seed}, round {round}");
            Assert.IsTrue(!ended || result!.IsAssigned == (result.Message == null), $"seed {seed}, round {round}");
            Assert.IsTrue(!ended || !result!.IsAssigned || (result.AssignedHub != null && result.DeviceId != null), $"seed {seed}, round {round}");
        }
    }
}
