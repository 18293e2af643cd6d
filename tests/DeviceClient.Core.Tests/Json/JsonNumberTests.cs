using System.Globalization;
using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class JsonNumberTests
{
    [TestMethod]
    [DataRow("0")]
    [DataRow("-0.0")]
    [DataRow("0.1")]
    [DataRow("21.5")]
    [DataRow("1e23")]
    [DataRow("8.41e21")]
    [DataRow("9007199254740993")]
    [DataRow("9007199254740992.99999")]
    [DataRow("9007199254740993.00000000000000000000000000000000000001")]
    [DataRow("1.7976931348623157e308")]
    [DataRow("1.7976931348623158e308")]
    [DataRow("1.7976931348623159e308")]
    [DataRow("1e309")]
    [DataRow("1e999999999999")]
    [DataRow("2.2250738585072014e-308")]
    [DataRow("2.2250738585072011e-308")]
    [DataRow("5e-324")]
    [DataRow("2.4703282292062327e-324")]
    [DataRow("2.4703282292062328e-324")]
    [DataRow("1e-400")]
    [DataRow("0.0000000000000000000000000000000000001")]
    [DataRow("123456789012345678901234567890")]
    [DataRow("6.631236846766476e-316")]
    [DataRow("3.5844466002796428e+298")]
    public void GetDouble_HardNumbers_EqualPlatformParser(string text)
    {
        AssertParse(text);
    }

    [TestMethod]
    public void GetDouble_HalfwayWithDigitsBeyondTheBuffer_RoundsUp()
    {
        AssertParse("9007199254740993" + new string('0', 900) + "1e-901");
        AssertParse("9007199254740993." + new string('0', 900) + "1");
        AssertParse("9007199254740993." + new string('0', 900));
        AssertParse("0." + new string('0', 500) + "1e500");
        AssertParse("1" + new string('0', 500) + "e-500");
    }

    [TestMethod]
    public void Double_RandomBits_ParseAndFormatRightToTheLastDigit()
    {
        const int seed = 1234;
        var random = new Random(seed);
        byte[] buffer = new byte[8];
        for (int round = 0; round < 4000; round++)
        {
            random.NextBytes(buffer);
            double value = BitConverter.ToDouble(buffer);
            if (double.IsFinite(value))
            {
                AssertFormat(value, $"seed {seed}, round {round}");
                AssertParse(value.ToString("R", CultureInfo.InvariantCulture));
                AssertParse(value.ToString("E25", CultureInfo.InvariantCulture));
            }
        }
    }

    [TestMethod]
    public void Double_RandomMeasurements_AreShort()
    {
        const int seed = 4321;
        var random = new Random(seed);
        for (int round = 0; round < 20000; round++)
        {
            double value = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 16)), random.Next(0, 16));
            string text = AssertFormat(value, $"seed {seed}, round {round}");
            Assert.IsLessThanOrEqualTo(24, text.Length);
            AssertParse(text);
        }
    }

    [TestMethod]
    [DataRow(0.0, "0")]
    [DataRow(-0.0, "-0")]
    [DataRow(21.5, "21.5")]
    [DataRow(-0.1, "-0.1")]
    [DataRow(0.05, "0.05")]
    [DataRow(100.0, "100")]
    [DataRow(123456789.125, "123456789.125")]
    [DataRow(0.00001, "0.00001")]
    [DataRow(0.000001, "1e-6")]
    [DataRow(1e15, "1e15")]
    [DataRow(1.5e300, "1.5e300")]
    [DataRow(5e-324, "5e-324")]
    [DataRow(1.7976931348623157e308, "1.7976931348623157e308")]
    [DataRow(0.3333333333333333, "0.3333333333333333")]
    [DataRow(9.999999999999997e22, "9.999999999999997e22")]
    [DataRow(1e23, "1e23")]
    public void WriteDouble_Golden_IsShortest(double value, string expected)
    {
        Assert.AreEqual(expected, AssertFormat(value, expected));
    }

    private static string AssertFormat(double value, string because)
    {
        var output = new ByteWriter(0, 100);
        new JsonWriter(output).WriteDouble(value);
        string text = Encoding.ASCII.GetString(output.Buffer, 0, output.Count);
        Assert.IsTrue(JsonReader.IsValid(output.Buffer, 0, output.Count), $"{because}: {text}");
        Assert.AreEqual(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), $"{because}: {text}");
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        Assert.AreEqual(Digits(shortest), Digits(text), $"{because}: {text} against {shortest}");
        return text;
    }

    private static int Digits(string text) => text.Split('E', 'e')[0].TrimStart('-').Replace(".", "", StringComparison.Ordinal).Trim('0').Length;

    private static void AssertParse(string text)
    {
        byte[] json = Encoding.ASCII.GetBytes(text);
        var reader = new JsonReader(json, 0, json.Length);
        Assert.IsTrue(reader.Read());
        double expected = double.Parse(text, CultureInfo.InvariantCulture);
        Assert.AreEqual(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(reader.GetDouble()), text.Length > 100 ? text[..100] : text);
    }
}
