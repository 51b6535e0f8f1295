pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// One of several values, under a label. The empty value is always offered, first,
// as `emptyText`.
ColumnLayout {
    id: choice

    required property string label
    required property string value
    required property list<string> values
    required property string emptyText
    // Shown instead of the values themselves, by value.
    property var names: ({})

    readonly property list<string> offered: [""].concat(values.filter(value => value !== ""))

    signal chosen(string value)

    spacing: 4

    FieldLabel {
        Layout.fillWidth: true
        text: choice.label
        Accessible.ignored: true
    }

    ComboBox {
        id: box

        objectName: choice.objectName + "Box"
        Layout.fillWidth: true
        implicitHeight: 36
        model: choice.offered.map(value => value === "" ? choice.emptyText : choice.names[value] ?? value)
        currentIndex: choice.offered.indexOf(choice.value)
        Accessible.name: choice.label
        popup.height: Math.min(popup.contentItem.implicitHeight + 2, 362)
        onActivated: index => choice.chosen(choice.offered[index])

        background: FieldFrame {
            focused: box.visualFocus
        }

        delegate: ItemDelegate {
            required property string modelData
            required property int index

            width: ListView.view.width
            implicitHeight: 30
            padding: 6
            leftPadding: 10
            text: modelData
            highlighted: box.highlightedIndex === index
            palette.highlightedText: Theme.accentInk
            palette.light: Theme.accent
            font.weight: box.currentIndex === index ? Font.DemiBold : Font.Normal
        }
    }
}
