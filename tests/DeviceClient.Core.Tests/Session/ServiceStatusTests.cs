using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

/// <summary>What a status of the service means to a program. Source: docs/errors.md.</summary>
[TestClass]
public sealed class ServiceStatusTests
{
    [TestMethod]
    [DataRow(400, HubErrorCode.BadRequest)]
    [DataRow(401, HubErrorCode.Unauthorized)]
    [DataRow(403, HubErrorCode.Unauthorized)]
    [DataRow(404, HubErrorCode.NotFound)]
    [DataRow(408, HubErrorCode.Timeout)]
    [DataRow(409, HubErrorCode.Conflict)]
    [DataRow(412, HubErrorCode.Conflict)]
    [DataRow(413, HubErrorCode.MessageTooLarge)]
    [DataRow(429, HubErrorCode.Throttled)]
    [DataRow(418, HubErrorCode.Unknown)]
    [DataRow(500, HubErrorCode.ServiceError)]
    [DataRow(503, HubErrorCode.ServiceUnavailable)]
    [DataRow(504, HubErrorCode.Timeout)]
    public void Status_OfTheService_HasItsErrorCode(int status, HubErrorCode expected) =>
        Assert.AreEqual(expected, ServiceAnswer.FromStatus(status));
}
