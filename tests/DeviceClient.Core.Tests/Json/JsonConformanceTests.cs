using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

/// <summary>The conformance table: y_ must be accepted, n_ must be refused. Latin-1 text stands for bytes.</summary>
[TestClass]
public sealed class JsonConformanceTests
{
    private static readonly string[] s_table =
    [
        "y_empty_object {}", "y_empty_array []", "y_zero 0", "y_minus_zero -0", "y_integer 1234567890", "y_negative -5", "y_fraction 0.5", "y_exponent 1e5",
        "y_exponent_signs [1E+5,1e-5,0e0,0.0e+00]", "y_true true", "y_false false", "y_null null", "y_string \"abc\"", "y_empty_string \"\"",
        "y_nested {\"a\":{\"b\":[1,[2],{}]},\"c\":null}", "y_white_space \t\r\n { \"a\" : [ 1 , 2 ] } \n", "y_simple_escapes \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "y_unicode_escape \"\\u0041\\u00e9\\uD83D\\uDE00\"", "y_escaped_nul \"a\\u0000b\"", "y_raw_utf8 \"\u00c3\u00a9\u00f0\u009f\u0098\u0080\"", "y_del \"\u007f\"",
        "y_empty_name {\"\":1}", "y_repeated_name {\"a\":1,\"a\":2}", "y_huge_number 1e999", "y_many_digits 123456789012345678901234567890.5", "y_noncharacter \"\u00ef\u00bf\u00bf\"",
        "y_depth_16 [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",

        "n_nothing ", "n_space  ", "n_bom \u00ef\u00bb\u00bf1", "n_two_values 1 2", "n_trailing_text {}x", "n_trailing_comma_array [1,]", "n_trailing_comma_object {\"a\":1,}",
        "n_leading_comma [,1]", "n_double_comma [1,,2]", "n_missing_comma [1 2]", "n_missing_comma_object {\"a\":1 \"b\":2}", "n_missing_colon {\"a\" 1}", "n_double_colon {\"a\"::1}",
        "n_missing_value {\"a\":}", "n_missing_value_at_end {\"a\":", "n_name_only {\"a\"}", "n_unquoted_name {a:1}", "n_number_name {1:1}", "n_single_quotes {'a':1}",
        "n_open_array [", "n_open_array_value [1", "n_open_array_comma [1,", "n_open_object {", "n_open_object_comma {\"a\":1,", "n_close_only ]", "n_close_wrong [}", "n_close_wrong_object {]",
        "n_close_wrong_after_value [1}", "n_leading_zero 01", "n_minus_leading_zero -01", "n_plus +1", "n_minus -", "n_point .5", "n_point_end 5.", "n_point_exponent 5.e3", "n_exponent_end 1e",
        "n_exponent_sign 1e+", "n_exponent_fraction 1e1.5", "n_hex 0x10", "n_nan NaN", "n_infinity Infinity", "n_minus_infinity -Infinity", "n_true_case True", "n_true_cut tru", "n_true_more truex",
        "n_null_cut nul", "n_false_cut fals", "n_comment /*x*/1", "n_line_comment //x\n1", "n_form_feed \u000c1", "n_nbsp \u00c2\u00a01",
        "n_string_open \"abc", "n_string_escape_open \"abc\\", "n_string_tab \"\t\"", "n_string_newline \"\n\"", "n_string_nul \"\0\"", "n_string_control_1f \"\u001f\"",
        "n_bad_escape \"\\x41\"", "n_bad_escape_a \"\\a\"", "n_short_unicode \"\\u004\"", "n_bad_unicode \"\\u00g1\"", "n_upper_u \"\\U0041\"",
        "n_lone_high \"\\ud800\"", "n_lone_high_text \"\\ud800abcdefgh\"", "n_high_high \"\\ud800\\ud800\"", "n_high_char \"\\ud800\\u0041\"", "n_high_escape \"\\ud800\\n\"", "n_lone_low \"\\udc00\"", "n_high_cut \"\\ud800\\u",
        "n_utf8_cut \"\u00c3\"", "n_utf8_continuation \"\u0080\"", "n_utf8_overlong \"\u00c0\u0080\"", "n_utf8_overlong_3 \"\u00e0\u0080\u0080\"", "n_utf8_surrogate \"\u00ed\u00a0\u0080\"",
        "n_utf8_too_large \"\u00f4\u0090\u0080\u0080\"", "n_utf8_ff \"\u00ff\"", "n_utf8_name {\"\u00ff\":1}", "n_utf8_outside \u00e9", "n_depth_17 [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
    ];

    public static IEnumerable<object[]> Rows => s_table.Select(row => new object[] { row });

    [TestMethod]
    [DynamicData(nameof(Rows))]
    public void Reader_ConformanceRow_IsJudgedAsItsNameSays(string row)
    {
        byte[] json = Encoding.Latin1.GetBytes(row[(row.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        bool expected = row[0] == 'y';
        byte[] framed = [(byte)'"', .. json, (byte)'1'];
        Assert.AreEqual(expected, JsonReader.IsValid(json, 0, json.Length));
        Assert.AreEqual(expected, JsonReader.IsValid(framed, 1, json.Length));

        var reader = new JsonReader(framed, 1, json.Length);
        Assert.IsNull(reader.Error);
        while (reader.Read())
        {
        }

        Assert.IsFalse(reader.Read());
        Assert.AreEqual(JsonTokenType.None, reader.TokenType);
        Assert.AreEqual(expected, reader.Error == null, reader.Error);
        Assert.AreEqual(expected, reader.ErrorOffset < 0);
        if (!expected)
        {
            Assert.IsLessThanOrEqualTo(json.Length, reader.ErrorOffset);
            Assert.Contains("at offset " + reader.ErrorOffset, reader.Error!);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Rows))]
    public void Reader_EveryPrefixOfARow_EndsWithoutException(string row)
    {
        byte[] json = Encoding.Latin1.GetBytes(row[(row.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        for (int count = 0; count < json.Length; count++)
        {
            JsonReader.IsValid(json, 0, count);
        }
    }
}
