using System.Text.RegularExpressions;
using System.Xml.Linq;
using HwLedger.Client;

namespace HwLedger.ViewModels.Tests.App;

/// <summary>A page of the WinUI app, which cannot be built everywhere, with its code.</summary>
internal sealed partial class XamlFile(string path)
{
    public static readonly XNamespace X = "http://schemas.microsoft.com/winfx/2006/xaml";
    private readonly string code = File.Exists(path + ".cs") ? File.ReadAllText(path + ".cs") : "";

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "HwLedger.App");

    public XDocument Document { get; } = XDocument.Load(path, LoadOptions.SetLineInfo);

    public IEnumerable<XElement> Elements => Document.Descendants();

    public static IEnumerable<string> Names =>
        Directory
            .EnumerateFiles(Folder, "*.xaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path));

    public static XamlFile Read(string name) => new(Path.Combine(Folder, name));

    /// <summary>Whether the code has a member of that name.</summary>
    public bool CodeHas(string member) => Regex.IsMatch(code, $@"\b{member}\b");

    /// <summary>
    /// What a path of x:Bind leads to; null: something of the code or of another element.
    /// </summary>
    /// <exception cref="InvalidDataException">It leads nowhere.</exception>
    public BoundValue? Resolve(XElement element, string path)
    {
        if (Function().Match(path) is { Success: true } call)
        {
            BoundValue?[] arguments =
            [
                .. call.Groups["arguments"].Value.Split(',').Select(a => Resolve(element, a.Trim())),
            ];
            return Call(element, call.Groups["name"].Value, arguments);
        }
        string[] names = path.Split('.');
        Type? type = DataType(element);
        if (type is null)
        {
            if (Elements.Any(named => (string?)named.Attribute(X + "Name") == names[0]))
            {
                return null;
            }
            type = TypeOf(CodeProperty(names[0]), typeof(PageViewModel).Namespace!);
            names = names[1..];
        }
        return names.Aggregate(
            new BoundValue(type, CanBeSet: false),
            (value, name) => value.Member(name)
        );
    }

    private BoundValue? Call(XElement element, string name, BoundValue?[] arguments)
    {
        if (!name.Contains(':', StringComparison.Ordinal))
        {
            return CodeHas(name) ? null : throw new InvalidDataException($"no {name} in the code");
        }
        string[] parts = name.Split('.');
        var method = TypeNamed(element, parts[0]).GetMethod(parts[1]);
        if (
            method is null
            || !method
                .GetParameters()
                .Select(parameter => parameter.ParameterType)
                .SequenceEqual(arguments.Select(argument => argument!.Type))
        )
        {
            throw new InvalidDataException($"no {name} takes these arguments");
        }
        return new BoundValue(method.ReturnType, CanBeSet: false);
    }

    // Of the template around an element; null: there is none.
    private static Type? DataType(XElement element) =>
        element
            .Ancestors()
            .Select(ancestor => (string?)ancestor.Attribute(X + "DataType"))
            .FirstOrDefault(name => name is not null)
            is { } name
            ? TypeNamed(element, name)
            : null;

    private static Type TypeNamed(XElement element, string name)
    {
        string[] parts = name.Split(':');
        string space = element.GetNamespaceOfPrefix(parts[0])!.NamespaceName;
        return TypeOf(parts[1], space["using:".Length..]);
    }

    private static Type TypeOf(string name, string space) =>
        typeof(PageViewModel).Assembly.GetType($"{space}.{name}")
        ?? typeof(HwLedgerClient).Assembly.GetType($"{space}.{name}")
        ?? throw new InvalidDataException($"no type {space}.{name}");

    private string CodeProperty(string name) =>
        Regex.Match(code, $@"public (\w+) {name} {{") is { Success: true } property
            ? property.Groups[1].Value
            : throw new InvalidDataException($"no {name} in the code");

    [GeneratedRegex(@"^(?<name>[\w.:]+)\((?<arguments>.*)\)$")]
    private static partial Regex Function();
}

/// <summary>What a binding leads to.</summary>
internal sealed record BoundValue(Type Type, bool CanBeSet)
{
    public BoundValue Member(string name) =>
        new[] { Type }
            .Concat(Type.GetInterfaces())
            .Select(type => type.GetProperty(name))
            .FirstOrDefault(property => property is not null)
            is { } property
            ? new BoundValue(property.PropertyType, property.SetMethod is { IsPublic: true })
            : throw new InvalidDataException($"no {name} in {Type}");
}
