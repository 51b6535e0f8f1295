import QtQuick
import QtQuick.Layouts
import HwLedger

PageScroll {
    id: page

    required property Session session

    objectName: "settingsPage"

    ColumnLayout {
        width: parent.width
        spacing: Theme.margin

        GridLayout {
            Layout.fillWidth: true
            columns: width >= 760 ? 2 : 1
            columnSpacing: Theme.margin
            rowSpacing: Theme.margin

            DaemonList {
                id: list

                Layout.fillWidth: true
                Layout.preferredWidth: 1
                Layout.alignment: Qt.AlignTop
                settings: page.session.settings
                onEdit: (row, name, address, certificate, hasToken) => form.show(row, name, address, certificate, hasToken)
            }

            DaemonForm {
                id: form

                Layout.fillWidth: true
                Layout.preferredWidth: 1
                Layout.alignment: Qt.AlignTop
                settings: page.session.settings
            }
        }

        Appearance {
            Layout.fillWidth: true
            settings: page.session.settings
        }

        FieldLabel {
            objectName: "versionText"
            text: qsTr("hwLedger %1").arg(page.session.settings.version)
        }
    }
}
