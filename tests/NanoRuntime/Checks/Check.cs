namespace DeviceClient.NanoRuntime;

/// <summary>One named check; it reports what it finds to the run.</summary>
public delegate void Check(CheckRun run);
