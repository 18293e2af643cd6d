namespace DeviceClient.Emulator;

/// <summary>Reads the part of the hub's query language that the service SDKs and tools use. Source: docs/emulator.md, "Queries".</summary>
internal sealed class QueryParser
{
    private const int MaximumDepth = 64;

    private static readonly string[] s_aggregates = ["COUNT", "AVG", "SUM", "MIN", "MAX"];
    private static readonly string[] s_comparisons = ["=", "!=", "<>", "<=", ">=", "<", ">"];

    private readonly List<QueryToken> _tokens;
    private int _at;
    private int _depth;

    private QueryParser(string text) => _tokens = QueryTokenizer.Split(text);

    private QueryToken Current => _tokens[_at];

    /// <exception cref="HubServiceException">400004 with the position of the fault.</exception>
    internal static TwinQuery Parse(string text) => new QueryParser(text).ReadQuery();

    private TwinQuery ReadQuery()
    {
        Expect("SELECT");
        int? top = null;
        if (Accept("TOP"))
        {
            if (Current.Kind != QueryTokenKind.Number || Current.Number is < 1 or > int.MaxValue)
            {
                throw Fault("TOP needs a number of rows");
            }

            top = (int)Current.Number;
            _at++;
        }

        List<QuerySelection>? columns = Accept("*") ? null : ReadColumns();
        Expect("FROM");
        string source = ReadSource();
        QueryExpression? where = Accept("WHERE") ? ReadOr() : null;
        var groups = new List<QueryPath>();
        if (Accept("GROUP"))
        {
            Expect("BY");
            do
            {
                groups.Add(ReadPath());
            }
            while (Accept(","));
        }

        if (Current.Kind != QueryTokenKind.End)
        {
            throw Fault($"'{Current.Text}' is not expected here");
        }

        if (source == "devices.jobs" && columns is not null)
        {
            throw HubErrors.ArgumentInvalid("devices.jobs allows only SELECT *.");
        }

        if (groups.Count > 0 && columns is null)
        {
            throw HubErrors.ArgumentInvalid("GROUP BY needs a list of columns, not *.");
        }

        return new TwinQuery { Source = source, Columns = columns, Top = top, Where = where, GroupBy = groups };
    }

    private string ReadSource()
    {
        string name = ReadName().ToLowerInvariant();
        string source = Accept(".") ? name + "." + ReadName().ToLowerInvariant() : name;
        return source is "devices" or "devices.modules" or "devices.jobs"
            ? source : throw HubErrors.ArgumentInvalid($"The collection '{source}' is unknown; use devices, devices.modules or devices.jobs.");
    }

    private List<QuerySelection> ReadColumns()
    {
        var columns = new List<QuerySelection>();
        do
        {
            columns.Add(ReadColumn(columns.Count + 1));
        }
        while (Accept(","));
        return columns;
    }

    private QuerySelection ReadColumn(int number)
    {
        string? aggregate = _tokens[_at + 1 < _tokens.Count ? _at + 1 : _at].Is("(")
            ? s_aggregates.FirstOrDefault(name => Current.Is(name)) : null;
        QueryExpression? value;
        if (aggregate is null)
        {
            value = ReadSum();
        }
        else
        {
            _at += 2;
            bool countsRows = aggregate == "COUNT" && (Current.Is(")") || Accept("*"));
            value = countsRows ? null : ReadSum();
            Expect(")");
        }

        string name = Accept("AS") ? ReadName() : value is QueryPath path && aggregate is null
            ? path.Names[^1] : "$" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new QuerySelection(name, aggregate, value);
    }

    private QueryExpression ReadOr()
    {
        QueryExpression left = ReadAnd();
        while (Accept("OR"))
        {
            left = new QueryLogic(false, left, ReadAnd());
        }

        return left;
    }

    private QueryExpression ReadAnd()
    {
        QueryExpression left = ReadNot();
        while (Accept("AND"))
        {
            left = new QueryLogic(true, left, ReadNot());
        }

        return left;
    }

    private QueryExpression ReadNot()
    {
        if (!Accept("NOT"))
        {
            return ReadComparison();
        }

        Enter();
        QueryExpression operand = ReadNot();
        _depth--;
        return new QueryNot(operand);
    }

    private QueryExpression ReadComparison()
    {
        QueryExpression left = ReadSum();
        foreach (string comparison in s_comparisons)
        {
            if (Accept(comparison))
            {
                return new QueryComparison(comparison, left, ReadSum());
            }
        }

        bool negated = Current.Is("NIN") || (Current.Is("NOT") && _tokens[_at + 1].Is("IN"));
        if (!negated && !Current.Is("IN"))
        {
            return left;
        }

        _at += Current.Is("NOT") ? 2 : 1;
        return new QueryMembership(negated, left, ReadList());
    }

    private QueryList ReadList()
    {
        string end = Current.Is("(") ? ")" : "]";
        Expect(end == ")" ? "(" : "[");
        var items = new List<QueryExpression>();
        if (Accept(end))
        {
            return new QueryList(items);
        }

        do
        {
            items.Add(ReadSum());
        }
        while (Accept(","));
        Expect(end);
        return new QueryList(items);
    }

    private QueryExpression ReadSum()
    {
        QueryExpression left = ReadProduct();
        while (Current.Is("+") || Current.Is("-"))
        {
            string operation = _tokens[_at++].Text;
            left = new QueryArithmetic(operation, left, ReadProduct());
        }

        return left;
    }

    private QueryExpression ReadProduct()
    {
        QueryExpression left = ReadOperand();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
        {
            string operation = _tokens[_at++].Text;
            left = new QueryArithmetic(operation, left, ReadOperand());
        }

        return left;
    }

    private QueryExpression ReadOperand()
    {
        Enter();
        QueryExpression result = ReadOperandUnchecked();
        _depth--;
        return result;
    }

    private QueryExpression ReadOperandUnchecked()
    {
        QueryToken token = Current;
        switch (token.Kind)
        {
            case QueryTokenKind.Number:
                _at++;
                return new QueryLiteral(token.Number);
            case QueryTokenKind.Text:
                _at++;
                return new QueryLiteral(token.Text);
        }

        if (Accept("("))
        {
            QueryExpression inner = ReadOr();
            Expect(")");
            return inner;
        }

        if (Accept("-"))
        {
            return new QueryArithmetic("-", new QueryLiteral(0d), ReadOperand());
        }

        if (token.Kind == QueryTokenKind.Name && _tokens[_at + 1].Is("("))
        {
            return ReadFunction();
        }

        bool isLiteral = token.Is("true") || token.Is("false") || token.Is("null") || token.Is("undefined");
        if (!isLiteral)
        {
            return ReadPath();
        }

        _at++;
        return new QueryLiteral(token.Is("null") ? null : token.Is("undefined") ? QueryExpression.Undefined : token.Is("true"));
    }

    private QueryFunction ReadFunction()
    {
        QueryToken token = _tokens[_at];
        _at += 2;
        var arguments = new List<QueryExpression>();
        if (!Current.Is(")"))
        {
            do
            {
                arguments.Add(ReadOr());
            }
            while (Accept(","));
        }

        Expect(")");
        string name = token.Text.ToUpperInvariant();
        (string canonical, int count) = name switch
        {
            "IS_DEFINED" => (name, 1),
            "STARTSWITH" or "STARTS_WITH" => ("STARTSWITH", 2),
            "ARRAY_CONTAINS" => (name, 2),
            _ => throw QueryError.At(token.Position, $"the function '{token.Text}' is not known in twin queries"),
        };
        return arguments.Count == count
            ? new QueryFunction(canonical, arguments)
            : throw QueryError.At(token.Position, $"{canonical} takes {count} argument(s), {arguments.Count} were given");
    }

    // A path may start with its collection's name: devices.tags.a is tags.a.
    private QueryPath ReadPath()
    {
        var names = new List<string> { ReadName() };
        while (true)
        {
            if (Accept("."))
            {
                names.Add(ReadName());
            }
            else if (Current.Is("["))
            {
                _at++;
                if (Current.Kind != QueryTokenKind.Text)
                {
                    throw Fault("a name in quotation marks is expected in [ ]");
                }

                names.Add(_tokens[_at++].Text);
                Expect("]");
            }
            else
            {
                break;
            }
        }

        if (names.Count > 1 && names[0] == "devices")
        {
            names.RemoveAt(0);
            if (names.Count > 1 && names[0] is "modules" or "jobs")
            {
                names.RemoveAt(0);
            }
        }

        return new QueryPath(names);
    }

    private string ReadName() => Current.Kind == QueryTokenKind.Name
        ? _tokens[_at++].Text : throw Fault($"a name is expected, found '{Current.Text}'");

    private bool Accept(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string text)
    {
        if (!Accept(text))
        {
            throw Fault($"'{text}' is expected, found '{Current.Text}'");
        }
    }

    private void Enter()
    {
        if (++_depth > MaximumDepth)
        {
            throw Fault($"more than {MaximumDepth} levels");
        }
    }

    private HubServiceException Fault(string what) => QueryError.At(Current.Position, what);
}
