using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>AND, OR: three-valued, an undefined side decides nothing.</summary>
internal sealed record QueryLogic(bool IsAnd, QueryExpression Left, QueryExpression Right) : QueryExpression
{
    internal override object? Evaluate(JsonObject row)
    {
        object? left = Left.Evaluate(row);
        object? right = Right.Evaluate(row);
        bool decisive = !IsAnd;
        if (Equals(left, decisive) || Equals(right, decisive))
        {
            return decisive;
        }

        return left is bool && right is bool ? Truth(!decisive) : Undefined;
    }
}

/// <summary>NOT.</summary>
internal sealed record QueryNot(QueryExpression Operand) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => Operand.Evaluate(row) is bool value ? Truth(!value) : Undefined;
}

/// <summary>Comparison; objects and values of different kinds cannot be compared.</summary>
internal sealed record QueryComparison(string Operator, QueryExpression Left, QueryExpression Right) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => Compare(Operator, Left.Evaluate(row), Right.Evaluate(row));

    internal static object Compare(string operation, object? left, object? right)
    {
        int? order = (left, right) switch
        {
            (null, null) => 0,
            (double a, double b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            _ => null,
        };
        bool isEquality = operation is "=" or "!=" or "<>";
        if (order is null || (!isEquality && left is null or bool))
        {
            // null is a value: it differs from every other one.
            bool againstNull = isEquality && (left is null) != (right is null) && left != Undefined && right != Undefined;
            return againstNull ? Truth(operation != "=") : Undefined;
        }

        return Truth(operation switch
        {
            "=" => order == 0,
            "!=" or "<>" => order != 0,
            "<" => order < 0,
            ">" => order > 0,
            "<=" => order <= 0,
            _ => order >= 0,
        });
    }
}

/// <summary>IN and NIN.</summary>
internal sealed record QueryMembership(bool IsNegated, QueryExpression Value, QueryList List) : QueryExpression
{
    internal override object? Evaluate(JsonObject row)
    {
        object? value = Value.Evaluate(row);
        if (value == Undefined)
        {
            return Undefined;
        }

        bool found = List.Items.Any(item => Equals(QueryComparison.Compare("=", value, item.Evaluate(row)), true));
        return Truth(found != IsNegated);
    }
}

/// <summary>Arithmetic on numbers; <c>+</c> joins strings too.</summary>
internal sealed record QueryArithmetic(string Operator, QueryExpression Left, QueryExpression Right) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => (Left.Evaluate(row), Right.Evaluate(row)) switch
    {
        (double a, double b) => Operator switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => b == 0 ? Undefined : a / b,
            _ => b == 0 ? Undefined : a % b,
        },
        (string a, string b) when Operator == "+" => a + b,
        _ => Undefined,
    };
}

/// <summary>IS_DEFINED, STARTSWITH, ARRAY_CONTAINS: what the documentation promises and what known tools send.</summary>
internal sealed record QueryFunction(string Name, IReadOnlyList<QueryExpression> Arguments) : QueryExpression
{
    internal override object? Evaluate(JsonObject row)
    {
        object? first = Arguments[0].Evaluate(row);
        if (Name == "IS_DEFINED")
        {
            return Truth(first != Undefined);
        }

        object? second = Arguments[1].Evaluate(row);
        return Name == "ARRAY_CONTAINS"
            ? first is JsonArray array
                ? Truth(array.Any(item => Equals(QueryComparison.Compare("=", FromJson(item), second), true)))
                : Undefined
            : first is string text && second is string start ? Truth(text.StartsWith(start, StringComparison.Ordinal)) : Undefined;
    }
}
