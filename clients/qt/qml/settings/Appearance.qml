import QtQuick
import QtQuick.Layouts
import HwLedger

Panel {
    id: appearance

    required property SettingsModel settings

    GridLayout {
        anchors.fill: parent
        columns: width >= 480 ? 2 : 1
        uniformCellWidths: true
        columnSpacing: Theme.margin
        rowSpacing: 12

        Choice {
            objectName: "theme"
            Layout.fillWidth: true
            label: qsTr("Colours")
            value: appearance.settings.theme === "system" ? "" : appearance.settings.theme
            values: ["light", "dark"]
            names: ({
                    "light": qsTr("Light"),
                    "dark": qsTr("Dark")
                })
            emptyText: qsTr("As the system")
            onChosen: theme => appearance.settings.theme = theme === "" ? "system" : theme
        }

        Choice {
            objectName: "language"
            Layout.fillWidth: true
            label: qsTr("Language")
            value: appearance.settings.language
            values: ["en", "de"]
            names: ({
                    "en": "English",
                    "de": "Deutsch"
                })
            emptyText: qsTr("As the system")
            onChosen: language => appearance.settings.language = language
        }

        FieldLabel {
            Layout.columnSpan: parent.columns
            Layout.fillWidth: true
            text: qsTr("Another language counts from the next start on.")
        }
    }
}
