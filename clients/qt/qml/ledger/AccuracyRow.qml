pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

RowLayout {
    id: row

    required property string architecture
    required property string term
    required property string entryCount
    required property string meanText
    required property string maxText
    property color ink: Theme.text

    spacing: Theme.gap
    Accessible.role: Accessible.Row
    Accessible.name: [architecture, term, entryCount, meanText, maxText].join(", ")

    Repeater {
        model: [row.architecture, row.term, row.entryCount, row.meanText, row.maxText]

        ElidedText {
            required property string modelData
            required property int index

            Layout.fillWidth: true
            Layout.preferredWidth: index < 2 ? 2 : 1
            text: modelData
            color: row.ink
            horizontalAlignment: index < 2 ? Text.AlignLeft : Text.AlignRight
            Accessible.ignored: true
        }
    }
}
