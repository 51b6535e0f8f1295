pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

// The columns that heading and rows share.
RowLayout {
    id: cells

    required property list<string> texts
    property color ink: Theme.text
    property int weight: Font.Normal

    // What the figures of a column need; the model gets the rest.
    readonly property list<int> widths: [118, 0, 64, 60, 84, 76, 64]

    spacing: 12

    Repeater {
        model: cells.texts

        ElidedText {
            required property string modelData
            required property int index

            Layout.fillWidth: cells.widths[index] === 0
            Layout.preferredWidth: cells.widths[index]
            text: modelData
            color: cells.ink
            font.weight: cells.weight
            elide: index === 1 ? Text.ElideMiddle : Text.ElideRight
            horizontalAlignment: index >= 3 ? Text.AlignRight : Text.AlignLeft
            topPadding: 7
            bottomPadding: 7
        }
    }
}
