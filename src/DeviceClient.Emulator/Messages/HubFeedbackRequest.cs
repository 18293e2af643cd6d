namespace DeviceClient.Emulator;

/// <summary>Value of <c>iothub-ack</c>: which outcomes of a cloud-to-device message produce a feedback record.</summary>
public enum HubFeedbackRequest
{
    /// <summary>None (<c>none</c>).</summary>
    None,

    /// <summary>Only when the device completed it (<c>positive</c>).</summary>
    Positive,

    /// <summary>Only when it was not completed (<c>negative</c>).</summary>
    Negative,

    /// <summary>Both (<c>full</c>).</summary>
    Full,
}
