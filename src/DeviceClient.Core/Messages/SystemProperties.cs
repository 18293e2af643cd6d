namespace DeviceClient.Protocol;

/// <summary>Names of system properties in a property bag.</summary>
/// <remarks>Source: UrlEncodedDictionarySerializer.cs and MessageSystemPropertyNames.cs in azure-iot-sdk-csharp; azure-docs, iot-hub-devguide-messages-construct.md.</remarks>
public static class SystemProperties
{
    /// <summary>message-id: at most 128 characters.</summary>
    public const string MessageId = "$.mid";

    /// <summary>correlation-id.</summary>
    public const string CorrelationId = "$.cid";

    /// <summary>user-id.</summary>
    public const string UserId = "$.uid";

    /// <summary>to: the address of a cloud-to-device message.</summary>
    public const string To = "$.to";

    /// <summary>content-type, for example application/json.</summary>
    public const string ContentType = "$.ct";

    /// <summary>content-encoding: utf-8, utf-16 or utf-32 for routing on the body.</summary>
    public const string ContentEncoding = "$.ce";

    /// <summary>iothub-creation-time-utc, ISO 8601.</summary>
    public const string CreationTime = "$.ctime";

    /// <summary>absolute-expiry-time, ISO 8601.</summary>
    public const string ExpiryTime = "$.exp";

    /// <summary>dt-subject: the Plug and Play component.</summary>
    public const string Component = "$.sub";

    /// <summary>iothub-interface-id, for example of security messages.</summary>
    public const string InterfaceId = "$.ifid";

    /// <summary>iothub-outputname: the output of a module.</summary>
    public const string OutputName = "$.on";

    /// <summary>iothub-message-schema.</summary>
    public const string Schema = "$.schema";

    /// <summary>connection device id of the sender, to module inputs.</summary>
    public const string ConnectionDeviceId = "$.cdid";

    /// <summary>connection module id of the sender, to module inputs.</summary>
    public const string ConnectionModuleId = "$.cmid";

    /// <summary>Distributed tracing: id.</summary>
    public const string DiagnosticId = "$.diagid";

    /// <summary>Distributed tracing: context.</summary>
    public const string DiagnosticContext = "$.diagctx";

    /// <summary>Feedback asked for by a cloud-to-device message: none, positive, negative or full.</summary>
    public const string Ack = "iothub-ack";

    /// <summary>Operation of a cloud-to-device message.</summary>
    public const string Operation = "iothub-operation";
}
