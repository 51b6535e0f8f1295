import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// Content as wide as the page and as high as it likes. What gets the keyboard
// focus is scrolled into sight.
ScrollView {
    id: scroll

    default property alias content: holder.data
    readonly property Item focused: Window.activeFocusItem

    function holds(item: Item): bool {
        for (let at = item; at; at = at.parent) {
            if (at === holder)
                return true;
        }
        return false;
    }

    contentWidth: availableWidth
    contentHeight: holder.height + 2 * Theme.margin
    ScrollBar.horizontal.policy: ScrollBar.AlwaysOff

    onFocusedChanged: {
        if (!focused || !holds(focused))
            return;
        const flickable = scroll.contentItem as Flickable;
        const top = focused.mapToItem(holder, 0, 0).y;
        const bottom = top + Math.min(focused.height, flickable.height) + 2 * Theme.margin;
        flickable.contentY = Math.max(Math.min(flickable.contentY, top), bottom - flickable.height);
    }

    Item {
        id: holder

        x: Theme.margin
        y: Theme.margin
        width: scroll.availableWidth - 2 * Theme.margin
        height: children.length > 0 ? children[0].implicitHeight : 0
    }
}
