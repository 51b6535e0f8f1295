import QtQuick
import HwLedger

ActionButton {
    id: button

    property string content
    // What is copied, for those who cannot see what stands beside the button.
    property string subject

    text: said.running ? qsTr("Copied") : qsTr("Copy")
    enabled: content !== ""
    Accessible.name: subject === "" ? text : qsTr("%1: %2").arg(text).arg(subject)

    onClicked: {
        clipboard.text = content;
        clipboard.selectAll();
        clipboard.copy();
        clipboard.clear();
        said.restart();
    }

    Timer {
        id: said

        interval: 1500
    }

    TextEdit {
        id: clipboard

        visible: false
    }
}
