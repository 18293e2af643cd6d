using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>One device's conversation with DPS over MQTT.</summary>
internal sealed class MqttProvisioningSession(HubState hub, HubProvisioning provisioning, ProvisioningIdentity identity)
    : IMqttProvisioningSession
{
    private const string Register = "$dps/registrations/PUT/iotdps-register/?";
    private const string GetOperation = "$dps/registrations/GET/iotdps-get-operationstatus/?";

    /// <inheritdoc/>
    public DateTimeOffset? TokenExpiry => identity.TokenExpiry;

    /// <inheritdoc/>
    public MqttProvisioningReply? Answer(string topic, ReadOnlyMemory<byte> body)
    {
        bool isRegister = topic.StartsWith(Register, StringComparison.Ordinal);
        if (!isRegister && !topic.StartsWith(GetOperation, StringComparison.Ordinal))
        {
            return null;
        }

        string query = topic[(isRegister ? Register : GetOperation).Length..];
        if (Find(query, "$rid") is not { Length: > 0 } requestId)
        {
            return null;
        }

        try
        {
            ProvisioningReply reply = isRegister ? DoRegister(body) : DoGetOperation(Find(query, "operationId"));
            return Write(reply.Status, requestId, reply.RetryAfterSeconds, reply.Body);
        }
        catch (JsonInputException error)
        {
            return Refuse(ProvisioningErrors.InvalidRequest(error.Message), requestId);
        }
        catch (HubServiceException error)
        {
            return Refuse(error, requestId);
        }
    }

    private static MqttProvisioningReply Write(int status, string requestId, int? retryAfterSeconds, JsonObject body)
    {
        string topic = string.Create(CultureInfo.InvariantCulture, $"$dps/registrations/res/{status}/?$rid={requestId}");
        return new MqttProvisioningReply(
            retryAfterSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{topic}&retry-after={seconds}") : topic,
            HubJson.ToUtf8(body));
    }

    private static string? Find(string query, string name)
    {
        foreach (string pair in query.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(pair[..equals]) == name)
            {
                return pair[(equals + 1)..];
            }
        }

        return null;
    }

    private ProvisioningReply DoRegister(ReadOnlyMemory<byte> body)
    {
        JsonNode? payload = body.IsEmpty
            ? null : ProvisioningDeviceApi.ReadPayload(JsonInput.Parse(body.Span), identity.RegistrationId);
        provisioning.ThrowIfFaulted();
        return provisioning.Register(identity, payload);
    }

    private ProvisioningReply DoGetOperation(string? operationId)
    {
        if (string.IsNullOrEmpty(operationId))
        {
            throw ProvisioningErrors.InvalidRequest("The topic has no operationId.");
        }

        provisioning.ThrowIfFaulted();
        return provisioning.GetOperation(identity, Uri.UnescapeDataString(operationId));
    }

    private MqttProvisioningReply Refuse(HubServiceException error, string requestId)
    {
        hub.Log.Write(HubLogEvent.Rejected, error.Code, identity.RegistrationId, $"Provisioning request refused: {error.Message}");
        return Write(error.HttpStatus, requestId, error.RetryAfterSeconds, RestErrors.FlatBody(error, hub.Time.GetUtcNow()));
    }
}
