pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

// What a device holds, drawn to scale: weights, KV cache, run time, free. What
// exceeds the device stands out behind a line where its free memory ends. Each
// part is named in the bar where there is room, and always in the legend.
ColumnLayout {
    id: bar

    // {name, bytes, text, color, ink}
    required property list<var> parts
    // -1: not known; then the parts fill the bar.
    required property real capacity
    property string freeText

    readonly property list<var> present: parts.filter(part => part.bytes > 0)
    readonly property real used: parts.reduce((sum, part) => sum + part.bytes, 0)
    readonly property real span: Math.max(used, capacity, 1)
    readonly property string spoken: present.map(part => qsTr("%1: %2").arg(part.name).arg(part.text)).join(", ")

    spacing: 6
    Accessible.role: Accessible.Graphic
    Accessible.name: freeText === "" ? spoken : qsTr("%1, free: %2").arg(spoken).arg(freeText)

    Rectangle {
        id: track

        Layout.fillWidth: true
        implicitHeight: 30
        color: Theme.raised
        border.color: Theme.border
        radius: 3
        clip: true

        Row {
            anchors.fill: parent
            anchors.margins: 1

            Repeater {
                model: bar.present

                StackedBarPart {
                    required property var modelData

                    name: modelData.name
                    detail: modelData.text
                    color: modelData.color
                    ink: modelData.ink
                    width: (track.width - 2) * modelData.bytes / bar.span
                    height: track.height - 2
                }
            }

            StackedBarPart {
                name: qsTr("Free")
                detail: bar.freeText
                color: "transparent"
                ink: Theme.text
                width: bar.capacity > bar.used ? (track.width - 2) * (bar.capacity - bar.used) / bar.span : 0
                height: track.height - 2
            }
        }

        Rectangle {
            readonly property real place: bar.capacity / bar.span

            visible: bar.capacity >= 0 && bar.used > bar.capacity
            x: (bar.LayoutMirroring.enabled ? 1 - place : place) * track.width - width / 2
            width: 4
            height: parent.height
            color: Theme.bad
            border.color: Theme.base
        }
    }

    Flow {
        Layout.fillWidth: true
        spacing: 4

        Repeater {
            model: bar.present

            LegendEntry {
                required property var modelData

                name: modelData.name
                detail: modelData.text
                swatch: modelData.color
            }
        }

        LegendEntry {
            visible: bar.freeText !== ""
            name: qsTr("Free before loading")
            detail: bar.freeText
            swatch: Theme.raised
        }
    }
}
