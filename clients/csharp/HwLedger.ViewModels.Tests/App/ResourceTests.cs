using System.Xml.Linq;

namespace HwLedger.ViewModels.Tests.App;

/// <summary>The app's words, in each of its languages.</summary>
public sealed class ResourceTests
{
    // What a person can act on or must hear of, each with a name that Narrator can tell.
    private static readonly string[] Named =
    [
        "Button",
        "ComboBox",
        "Expander",
        "InfoBar",
        "ItemsControl",
        "ListView",
        "NavigationViewItem",
        "ProgressBar",
        "Slider",
        "TextBox",
    ];

    private static readonly string[] Naming =
    [
        "Content",
        "Header",
        "Title",
        "[using:Microsoft.UI.Xaml.Automation]AutomationProperties.Name",
    ];

    private static readonly Dictionary<string, string> English = Words("en-US");

    public static TheoryData<string> Files => [.. XamlFile.Names];

    [Fact]
    public void GermanHasAllWordsOfEnglish()
    {
        Dictionary<string, string> german = Words("de-DE");

        Assert.Equal(English.Keys.Order(), german.Keys.Order());
        Assert.All(English.Values.Concat(german.Values), Assert.NotEmpty);
    }

    [Fact]
    public void EveryWordIsUsed()
    {
        IEnumerable<string> used =
        [
            .. XamlFile.Names.SelectMany(name => Uids(XamlFile.Read(name))),
            "AppDescription",
        ];

        Assert.Empty(English.Keys.Select(key => key.Split('.')[0]).Except(used));
        Assert.Contains(
            "ms-resource:AppDescription",
            File.ReadAllText(Path.Combine(XamlFile.Folder, "Package.appxmanifest")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryUidHasWords(string name)
    {
        Assert.Empty(
            Uids(XamlFile.Read(name)).Except(English.Keys.Select(key => key.Split('.')[0]))
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void WhatAPersonUsesHasAName(string name)
    {
        foreach (
            XElement element in XamlFile
                .Read(name)
                .Elements.Where(element => Named.Contains(element.Name.LocalName))
        )
        {
            string? uid = (string?)element.Attribute(XamlFile.X + "Uid");
            Assert.True(
                Naming.Any(property => English.ContainsKey($"{uid}.{property}")),
                $"{name}: nothing names {element.Name.LocalName} {uid}"
            );
        }
    }

    private static IEnumerable<string> Uids(XamlFile file) =>
        file.Elements.Attributes(XamlFile.X + "Uid").Select(uid => uid.Value);

    private static Dictionary<string, string> Words(string language) =>
        XDocument
            .Load(Path.Combine(XamlFile.Folder, "Strings", language, "Resources.resw"))
            .Root!.Elements("data")
            .ToDictionary(word => (string)word.Attribute("name")!, word => (string)word.Element("value")!);
}
