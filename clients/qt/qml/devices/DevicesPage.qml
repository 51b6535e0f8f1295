pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import HwLedger

PageScroll {
    id: page

    required property Session session

    objectName: "devicesPage"

    ColumnLayout {
        width: parent.width
        spacing: Theme.margin

        FailureText {
            Layout.fillWidth: true
            failure: page.session.devices.failure
        }

        EmptyText {
            Layout.fillWidth: true
            visible: cards.count === 0 && !page.session.devices.failure.isSet
            text: qsTr("No devices are known yet.")
        }

        Repeater {
            id: cards

            model: page.session.devices

            DeviceCard {
                Layout.fillWidth: true
                historyLength: page.session.devices.historyLength
            }
        }
    }
}
