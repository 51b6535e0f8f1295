import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// The conversation. Stays at its end while text arrives, until someone scrolls
// up; scrolled back to the end, it stays there again.
ListView {
    id: list

    required property RunModel run

    property bool sticks: true

    function follow() {
        if (sticks)
            positionViewAtEnd();
    }

    objectName: "turnList"
    model: run.turns
    clip: true
    spacing: 12
    boundsBehavior: Flickable.StopAtBounds
    // Turns differ in height: their places are only right once they exist.
    cacheBuffer: 4000
    activeFocusOnTab: count > 0
    keyNavigationEnabled: false
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Conversation")

    delegate: Turn {
        width: ListView.view.width - 14
    }

    onContentHeightChanged: Qt.callLater(follow)
    onHeightChanged: Qt.callLater(follow)
    onCountChanged: {
        sticks = true;
        Qt.callLater(follow);
    }
    onMovementStarted: sticks = false
    onMovementEnded: sticks = atYEnd

    Keys.onUpPressed: scrollBy(-60)
    Keys.onDownPressed: scrollBy(60)
    Keys.onPressed: event => {
        if (event.key === Qt.Key_PageUp || event.key === Qt.Key_PageDown) {
            scrollBy(event.key === Qt.Key_PageUp ? -height : height);
            event.accepted = true;
        }
    }

    function scrollBy(distance: real) {
        contentY = Math.max(originY, Math.min(contentY + distance, originY + contentHeight - height));
        sticks = atYEnd;
    }

    ScrollBar.vertical: ScrollBar {
        onPressedChanged: list.sticks = !pressed && list.atYEnd
    }

    FocusRing {
        anchors.margins: 0
        shown: list.activeFocus
    }

    EmptyText {
        objectName: "runEmpty"
        anchors.centerIn: parent
        width: Math.min(parent.width, 420)
        visible: list.count === 0
        text: list.run.modelId === "" ? qsTr("Choose a model, then write to it below.") : qsTr("Write something below. The answer appears here as it is made.")
    }

    ActionButton {
        objectName: "toEndButton"
        anchors.bottom: parent.bottom
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottomMargin: Theme.gap
        visible: !list.sticks && !list.atYEnd
        text: qsTr("↓ To the end")
        onClicked: {
            list.sticks = true;
            list.follow();
        }
    }
}
