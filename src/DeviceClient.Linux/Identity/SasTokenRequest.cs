namespace DeviceClient;

/// <summary>What a client asks of a token provider.</summary>
/// <param name="Resource">The resource the token must name (<c>sr</c>), not encoded: <c>host/devices/id</c>, with <c>/modules/id</c> for a module.</param>
/// <param name="ExpiresAt">When the token should expire; a token with another expiry is taken as it is and renewed by its own.</param>
public sealed record SasTokenRequest(string Resource, DateTimeOffset ExpiresAt);
