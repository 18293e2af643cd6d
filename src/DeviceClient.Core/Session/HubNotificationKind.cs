namespace DeviceClient.Protocol;

/// <summary>What a session tells the application's side.</summary>
public enum HubNotificationKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The session moved to another state.</summary>
    StateChanged = 1,

    /// <summary>An operation (open, get twin, report) ended.</summary>
    OperationCompleted = 2,

    /// <summary>Desired properties changed: a patch, or the whole section after a reconnect or a gap.</summary>
    DesiredPropertiesChanged = 3,

    /// <summary>The service invokes a direct method and waits for the answer.</summary>
    MethodRequested = 4,

    /// <summary>A cloud-to-device message arrived.</summary>
    MessageReceived = 5,

    /// <summary>A message arrived at an input of the module.</summary>
    InputMessageReceived = 6,

    /// <summary>The hub refuses a subscription, for example because of its tier.</summary>
    FeatureRefused = 7,

    /// <summary>A credential that the session cannot renew by itself nears its end.</summary>
    CredentialExpiring = 8,
}
