namespace DeviceClient.Emulator;

/// <summary>Outcome of judging a hub CONNECT.</summary>
internal sealed record DeviceAdmission
{
    /// <summary>The identity let in, or null when refused.</summary>
    internal HubRegistryIdentity? Identity { get; private init; }

    /// <summary>CONNACK code; 0 when let in.</summary>
    internal int ReturnCode { get; private init; }

    /// <summary>The hub's number for the log; 0 when let in.</summary>
    internal int Code { get; private init; }

    /// <summary>Why refused. Never names a key, token or signature.</summary>
    internal string Reason { get; private init; } = "";

    /// <summary>When the token expires; null with a certificate.</summary>
    internal DateTimeOffset? TokenExpiry { get; private init; }

    /// <summary><c>hub</c>, <c>device</c> or <c>module</c>: whose credential it was.</summary>
    internal string Scope { get; private init; } = "";

    /// <summary><c>sas</c> or <c>x509</c>.</summary>
    internal string Type { get; private init; } = "";

    internal static DeviceAdmission Accept(HubRegistryIdentity identity, string scope, string type, DateTimeOffset? expiry) =>
        new() { Identity = identity, Scope = scope, Type = type, TokenExpiry = expiry };

    internal static DeviceAdmission Refuse(int returnCode, int code, string reason) =>
        new() { ReturnCode = returnCode, Code = code, Reason = reason };
}
