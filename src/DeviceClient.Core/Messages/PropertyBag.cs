using System;

namespace DeviceClient;

/// <summary>An ordered list of names and values: the application properties of a message.</summary>
/// <remarks>Names are compared exactly. A value may be null (the name travels alone) or empty. Not thread-safe.</remarks>
public sealed class PropertyBag
{
    private string[] _names = new string[0];
    private string?[] _values = new string?[0];
    private int _count;

    /// <summary>Number of properties.</summary>
    public int Count
    {
        get { return _count; }
    }

    /// <summary>Appends a property without looking for an earlier one of that name; see <see cref="Set"/>.</summary>
    /// <param name="name">The name; not empty.</param>
    /// <param name="value">The value, may be null.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Add(string name, string? value)
    {
        CheckName(name);
        if (_count == _names.Length)
        {
            int capacity = _count == 0 ? 4 : _count * 2;
            string[] names = new string[capacity];
            string?[] values = new string?[capacity];
            Array.Copy(_names, 0, names, 0, _count);
            Array.Copy(_values, 0, values, 0, _count);
            _names = names;
            _values = values;
        }

        _names[_count] = name;
        _values[_count] = value;
        _count++;
    }

    /// <summary>Replaces the value of the first property of that name, or appends one.</summary>
    /// <param name="name">The name; not empty.</param>
    /// <param name="value">The value, may be null.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Set(string name, string? value)
    {
        CheckName(name);
        int index = Find(name);
        if (index < 0)
        {
            Add(name, value);
        }
        else
        {
            _values[index] = value;
        }
    }

    /// <summary>Looks for a property.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value of the first one of that name; null when there is none, or when it came without a value.</param>
    /// <returns>True when there is one.</returns>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    public bool TryGet(string name, out string? value)
    {
        ArgumentNullException.ThrowIfNull(name, nameof(name));
        int index = Find(name);
        value = index < 0 ? null : _values[index];
        return index >= 0;
    }

    /// <summary>Name of a property.</summary>
    /// <param name="index">0 to <see cref="Count"/> less one.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such property.</exception>
    public string GetName(int index)
    {
        CheckIndex(index);
        return _names[index];
    }

    /// <summary>Value of a property.</summary>
    /// <param name="index">0 to <see cref="Count"/> less one.</param>
    /// <returns>The value, may be null.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such property.</exception>
    public string? GetValue(int index)
    {
        CheckIndex(index);
        return _values[index];
    }

    /// <summary>Forgets all properties; keeps the room.</summary>
    public void Clear()
    {
        Array.Clear(_names, 0, _count);
        Array.Clear(_values, 0, _count);
        _count = 0;
    }

    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name, nameof(name));
        if (name.Length == 0)
        {
            throw new ArgumentException("A property needs a name of at least one character.", nameof(name));
        }
    }

    private int Find(string name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    private void CheckIndex(int index)
    {
        if (index < 0 || index >= _count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), "The index " + index.ToString() + " is outside the " + _count.ToString() + " properties.");
        }
    }
}
