namespace DeviceClient.NanoRuntime;

/// <summary>Where the lines go: the platform's console or debug channel.</summary>
public abstract class CheckOutput
{
    /// <summary>Writes one line of ASCII text.</summary>
    public abstract void WriteLine(string line);
}
