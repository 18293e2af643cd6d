using System;
using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>Runs checks one after another, catches everything, prints each failure and counts.</summary>
/// <remarks>An uncaught exception would end a nanoFramework program silently with exit code 0, so nothing escapes from here.</remarks>
public sealed class CheckRun
{
    private readonly CheckOutput _output;
    private string _group = "";
    private string _name = "";
    private int _groupCount;
    private bool _failed;

    public CheckRun(CheckOutput output)
    {
        _output = output;
    }

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Starts a group: failures are printed with its name.</summary>
    public void Begin(string group)
    {
        _group = group;
        _groupCount = 0;
    }

    /// <summary>Ends a group with a line that tells how many checks it had.</summary>
    public void End()
    {
        _output.WriteLine(_group + ": " + _groupCount.ToString() + " checks");
    }

    /// <summary>Runs one check. A failed expectation does not end it; an exception does.</summary>
    public void Run(string name, Check check)
    {
        _name = name;
        _failed = false;
        _groupCount++;
        try
        {
            check(this);
        }
        catch (Exception e)
        {
            Fail("threw " + e.Message);
        }

        if (_failed)
        {
            Failed++;
        }
        else
        {
            Passed++;
        }
    }

    public void IsTrue(bool value, string what)
    {
        if (!value)
        {
            Fail(what);
        }
    }

    public void AreEqual(long expected, long actual, string what)
    {
        if (expected != actual)
        {
            Fail(what + ": expected " + expected.ToString() + ", was " + actual.ToString());
        }
    }

    public void AreEqual(string? expected, string? actual, string what)
    {
        if (expected != actual)
        {
            Fail(what + ": expected " + Quote(expected) + ", was " + Quote(actual));
        }
    }

    /// <summary>Compares a slice with bytes given as hexadecimal text.</summary>
    public void AreBytes(string expectedHex, byte[]? actual, int offset, int count, string what)
    {
        string text = actual == null ? "null" : Hex.Format(actual, offset, count);
        AreEqual(expectedHex, text, what);
    }

    /// <summary>Compares a slice with the UTF-8 bytes of a text.</summary>
    public void IsText(string expected, byte[]? actual, int offset, int count, string what)
    {
        AreEqual(expected, actual == null ? null : Utf8Text.GetString(actual, offset, count), what);
    }

    /// <summary>Runs a check that must end in an exception of the caller's-mistake kind.</summary>
    public void Throws(Check check, string what)
    {
        try
        {
            check(this);
        }
        catch (ArgumentException)
        {
            return;
        }
        catch (InvalidOperationException)
        {
            return;
        }

        Fail(what + ": no ArgumentException and no InvalidOperationException");
    }

    private static string Quote(string? text)
    {
        return text == null ? "null" : "'" + text + "'";
    }

    private void Fail(string what)
    {
        _failed = true;
        _output.WriteLine("FAILED " + _group + " / " + _name + ": " + what);
    }
}
