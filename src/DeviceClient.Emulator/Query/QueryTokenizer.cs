using System.Globalization;
using System.Text;

namespace DeviceClient.Emulator;

/// <summary>Splits a query into names, symbols, strings and numbers.</summary>
internal static class QueryTokenizer
{
    private static readonly string[] s_symbols =
        ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "*", "+", "-", "/", "%"];

    internal static List<QueryToken> Split(string query)
    {
        var tokens = new List<QueryToken>();
        int at = 0;
        while (true)
        {
            while (at < query.Length && char.IsWhiteSpace(query[at]))
            {
                at++;
            }

            if (at == query.Length)
            {
                tokens.Add(new QueryToken(QueryTokenKind.End, "the end", 0, at + 1));
                return tokens;
            }

            tokens.Add(Next(query, ref at));
        }
    }

    private static QueryToken Next(string query, ref int at)
    {
        int start = at;
        char first = query[at];
        if (char.IsAsciiLetter(first) || first is '_' or '$')
        {
            while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] is '_' or '$'))
            {
                at++;
            }

            return new QueryToken(QueryTokenKind.Name, query[start..at], 0, start + 1);
        }

        if (first is '\'' or '"')
        {
            return new QueryToken(QueryTokenKind.Text, ReadText(query, ref at), 0, start + 1);
        }

        if (char.IsAsciiDigit(first))
        {
            return new QueryToken(QueryTokenKind.Number, "", ReadNumber(query, ref at), start + 1);
        }

        foreach (string symbol in s_symbols)
        {
            if (string.CompareOrdinal(query, at, symbol, 0, symbol.Length) == 0)
            {
                at += symbol.Length;
                return new QueryToken(QueryTokenKind.Symbol, symbol, 0, start + 1);
            }
        }

        throw QueryError.At(start + 1, $"the character '{first}' is not part of the query language");
    }

    private static double ReadNumber(string query, ref int at)
    {
        int start = at;
        if (query[at] == '0' && at + 1 < query.Length && query[at + 1] is 'x' or 'X')
        {
            at += 2;
            while (at < query.Length && char.IsAsciiHexDigit(query[at]))
            {
                at++;
            }

            return long.TryParse(query.AsSpan(start + 2, at - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex)
                ? hex : throw QueryError.At(start + 1, "malformed number");
        }

        while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '.'
            || (query[at] is '+' or '-' && query[at - 1] is 'e' or 'E')))
        {
            at++;
        }

        return double.TryParse(query.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw QueryError.At(start + 1, $"malformed number '{query[start..at]}'");
    }

    private static string ReadText(string query, ref int at)
    {
        int start = at;
        char quote = query[at++];
        var text = new StringBuilder();
        while (at < query.Length)
        {
            char next = query[at++];
            if (next == quote)
            {
                return text.ToString();
            }

            text.Append(next == '\\' && at < query.Length ? ReadEscape(query, ref at) : next);
        }

        throw QueryError.At(start + 1, "the string has no closing quotation mark");
    }

    private static char ReadEscape(string query, ref int at)
    {
        char escape = query[at++];
        switch (escape)
        {
            case '\'' or '"' or '\\' or '/':
                return escape;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when at + 4 <= query.Length && ushort.TryParse(
                query.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit):
                at += 4;
                return (char)unit;
            default:
                throw QueryError.At(at - 1, $"unknown escape '\\{escape}' in a string");
        }
    }
}
