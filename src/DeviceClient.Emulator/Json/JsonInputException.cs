namespace DeviceClient.Emulator;

/// <summary>A JSON document does not have the expected shape; the message starts with the path of the member.</summary>
internal sealed class JsonInputException(string message) : Exception(message);
