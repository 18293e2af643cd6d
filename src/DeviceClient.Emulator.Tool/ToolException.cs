namespace DeviceClient.Emulator.Tool;

/// <summary>Something the caller of the tool can put right; the message is one line.</summary>
internal sealed class ToolException(string message) : Exception(message);
