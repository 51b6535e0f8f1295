import QtQuick
import QtQuick.Layouts
import HwLedger

ColumnLayout {
    id: table

    required property Accuracy accuracy

    spacing: Theme.gap

    SectionTitle {
        text: qsTr("Error by architecture and part")
    }

    AccuracyRow {
        Layout.fillWidth: true
        architecture: qsTr("Architecture")
        term: qsTr("Part")
        entryCount: qsTr("Loads")
        meanText: qsTr("Mean")
        maxText: qsTr("Largest")
        ink: Theme.muted
    }

    EmptyText {
        Layout.fillWidth: true
        visible: rows.count === 0
        text: qsTr("Nothing has been measured yet.")
    }

    Repeater {
        id: rows

        model: table.accuracy

        AccuracyRow {
            Layout.fillWidth: true
        }
    }
}
