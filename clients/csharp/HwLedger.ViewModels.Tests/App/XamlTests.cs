using System.Collections;
using System.Text.RegularExpressions;
using System.Windows.Input;
using System.Xml.Linq;

namespace HwLedger.ViewModels.Tests.App;

/// <summary>What of the WinUI app can be checked where it cannot be built.</summary>
public sealed partial class XamlTests
{
    private static readonly Dictionary<string, Type[]> TakenTypes = new()
    {
        ["Command"] = [typeof(ICommand)],
        ["IsOpen"] = [typeof(bool)],
        ["ItemsSource"] = [typeof(IEnumerable)],
        ["Message"] = [typeof(string)],
        ["Text"] = [typeof(string), typeof(int)],
        ["Value"] = [typeof(double)],
        ["Visibility"] = [typeof(bool)],
    };

    public static TheoryData<string> Files => [.. XamlFile.Names];

    [Fact]
    public void ThereAreAWindowAndSixPages()
    {
        Assert.Equal(8, XamlFile.Names.Count());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TheClassIsInTheCode(string name)
    {
        XamlFile file = XamlFile.Read(name);

        string type = (string)file.Document.Root!.Attribute(XamlFile.X + "Class")!;

        Assert.True(file.CodeHas(type[(type.LastIndexOf('.') + 1)..]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryBindingLeadsToWhatItsPropertyTakes(string name)
    {
        XamlFile file = XamlFile.Read(name);
        foreach ((XElement element, XAttribute attribute, string path, string options) in Bindings(file))
        {
            BoundValue? value = file.Resolve(element, path);
            if (value is not null && TakenTypes.TryGetValue(attribute.Name.LocalName, out Type[]? taken))
            {
                Assert.True(
                    taken.Any(type => type.IsAssignableFrom(value.Type)),
                    $"{attribute} takes no {value.Type}"
                );
            }
            if (BindBack().Match(options) is { Success: true } back)
            {
                Assert.True(file.CodeHas(back.Groups[1].Value), attribute.ToString());
            }
            else if (options.Contains("TwoWay", StringComparison.Ordinal))
            {
                Assert.True(value is { CanBeSet: true }, attribute.ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryHandlerIsInTheCode(string name)
    {
        XamlFile file = XamlFile.Read(name);
        IEnumerable<string> handlers = file
            .Elements.Attributes()
            .Select(attribute => attribute.Value)
            .Where(value => Handler().IsMatch(value));

        Assert.All(handlers, handler => Assert.True(file.CodeHas(handler), handler));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void NoTextIsWrittenInAPage(string name)
    {
        string[] texts = ["Content", "Header", "PlaceholderText", "Text", "Title"];
        IEnumerable<XAttribute> written = XamlFile
            .Read(name)
            .Elements.Where(element => element.Name.LocalName != "Window")
            .Attributes()
            .Where(attribute => texts.Contains(attribute.Name.LocalName));

        Assert.All(written, text => Assert.StartsWith("{x:Bind ", text.Value, StringComparison.Ordinal));
    }

    private static IEnumerable<(XElement, XAttribute, string Path, string Options)> Bindings(
        XamlFile file
    ) =>
        from element in file.Elements
        from attribute in element.Attributes()
        let binding = Binding().Match(attribute.Value)
        where binding.Success
        select (element, attribute, binding.Groups["path"].Value, binding.Groups["options"].Value);

    // No comma of a path is outside of parentheses.
    [GeneratedRegex(@"^\{x:Bind (?<path>[\w.:]+(\(.*?\))?)(?<options>.*)\}$")]
    private static partial Regex Binding();

    [GeneratedRegex(@"BindBack=(\w+)")]
    private static partial Regex BindBack();

    [GeneratedRegex("^On[A-Z][A-Za-z]+$")]
    private static partial Regex Handler();
}
