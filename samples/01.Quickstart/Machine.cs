using System.Globalization;
using System.Text.Json;

namespace Quickstart;

/// <summary>Measures the machine this runs on, from the files that Linux offers. What is not there is left out, not invented.</summary>
internal sealed record Machine(double Load1, double MemoryUsedMegabytes, double MemoryTotalMegabytes, double? TemperatureCelsius, TimeSpan Uptime)
{
    internal static Machine Measure()
    {
        (double total, double available) = ReadMemory();
        return new Machine(
            ReadFirstNumber("/proc/loadavg"), total - available, total, ReadTemperature(), TimeSpan.FromSeconds(ReadFirstNumber("/proc/uptime")));
    }

    /// <summary>The telemetry's body.</summary>
    internal byte[] ToJson(int number)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteNumber("load1", Load1);
            json.WriteNumber("memoryUsedMB", Math.Round(MemoryUsedMegabytes, 1));
            json.WriteNumber("memoryTotalMB", Math.Round(MemoryTotalMegabytes, 1));
            json.WriteNumber("uptimeSeconds", Math.Round(Uptime.TotalSeconds));
            if (TemperatureCelsius is { } celsius)
            {
                json.WriteNumber("temperatureCelsius", Math.Round(celsius, 1));
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public override string ToString()
    {
        string temperature = TemperatureCelsius is { } celsius ? string.Create(CultureInfo.InvariantCulture, $", {celsius:0.0} C") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"load {Load1:0.00}, memory {MemoryUsedMegabytes:0} of {MemoryTotalMegabytes:0} MB, up {Uptime.TotalHours:0.0} h{temperature}");
    }

    private static double ReadFirstNumber(string file) =>
        double.Parse(File.ReadAllText(file).Split(' ', 2)[0], CultureInfo.InvariantCulture);

    // Lines such as "MemTotal:       16265372 kB". Source: proc_meminfo(5).
    private static (double Total, double Available) ReadMemory()
    {
        Dictionary<string, double> values = File.ReadLines("/proc/meminfo")
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 2)
            .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture) / 1024);
        return (values["MemTotal:"], values["MemAvailable:"]);
    }

    // Thermal zones and hwmon sensors both give thousandths of a degree Celsius. Source: the kernel's thermal and hwmon sysfs pages.
    private static double? ReadTemperature()
    {
        foreach (string file in Sensors("/sys/class/thermal", "thermal_zone*", "temp").Concat(Sensors("/sys/class/hwmon", "hwmon*", "temp*_input")))
        {
            try
            {
                double celsius = double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) / 1000;
                if (celsius is > -60 and < 200)
                {
                    return celsius;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                // A sensor that is switched off refuses to be read; the next one may answer.
            }
        }

        return null;
    }

    private static IEnumerable<string> Sensors(string folder, string devices, string pattern) =>
        !Directory.Exists(folder)
            ? []
            : Directory.EnumerateFileSystemEntries(folder, devices).Order().SelectMany(device => Directory.EnumerateFiles(device, pattern).Order());
}
