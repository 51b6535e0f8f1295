import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

ApplicationWindow {
    id: window

    required property Session session
    property alias page: rail.current

    width: 1280
    height: 800
    minimumWidth: 640
    minimumHeight: 480
    visible: true
    title: qsTr("hwLedger")

    LayoutMirroring.enabled: Application.layoutDirection === Qt.RightToLeft
    LayoutMirroring.childrenInherit: true

    palette {
        window: Theme.window
        windowText: Theme.text
        base: Theme.base
        alternateBase: Theme.raised
        text: Theme.text
        placeholderText: Theme.muted
        button: Theme.raised
        buttonText: Theme.text
        brightText: Theme.accentInk
        light: Theme.base
        midlight: Theme.trough
        mid: Theme.border
        dark: Theme.muted
        highlight: Theme.accent
        highlightedText: Theme.accentInk
        toolTipBase: Theme.raised
        toolTipText: Theme.text
    }

    Binding {
        target: Theme
        property: "choice"
        value: window.session.settings.theme
    }

    RowLayout {
        anchors.fill: parent
        spacing: 0

        NavigationRail {
            id: rail

            Layout.fillHeight: true
            wide: window.width >= 900
        }

        ColumnLayout {
            spacing: 0

            PageHeader {
                Layout.fillWidth: true
                title: rail.currentTitle
                daemon: window.session.daemon
            }

            DemonstrationStrip {
                Layout.fillWidth: true
                visible: window.session.demonstration
            }

            ConnectionBanner {
                Layout.fillWidth: true
                daemon: window.session.daemon
            }

            StackLayout {
                objectName: "pages"
                currentIndex: rail.current

                PlannerPage {
                    session: window.session
                }

                RunPage {
                    session: window.session
                }

                LibraryPage {
                    session: window.session
                }

                DevicesPage {
                    session: window.session
                }

                LedgerPage {
                    session: window.session
                }

                SettingsPage {
                    session: window.session
                }
            }
        }
    }

    ModelDropArea {
        anchors.fill: parent
        onDroppedFile: file => {
            window.session.planner.chooseFile(file);
            window.page = 0;
        }
    }
}
