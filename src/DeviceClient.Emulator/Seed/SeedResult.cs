namespace DeviceClient.Emulator;

/// <summary>How many things a seed added; what existed already is not counted.</summary>
internal sealed record SeedResult(int Devices, int Modules, int Enrollments, int Groups);
