namespace DeviceClient.Protocol;

/// <summary>Wishes and notifications that wait to be taken: two rings of reused objects.</summary>
internal sealed class SessionQueue
{
    private HubWish[] _wishes = CreateWishes(2);
    private int _wishHead;
    private int _wishCount;

    private HubNotification[] _notifications = CreateNotifications(2);
    private int _notificationHead;
    private int _notificationCount;

    internal HubWish AddWish(HubWishKind kind)
    {
        if (_wishCount == _wishes.Length)
        {
            HubWish[] grown = CreateWishes(_wishCount * 2);
            for (int i = 0; i < _wishCount; i++)
            {
                grown[i] = _wishes[(_wishHead + i) & (_wishCount - 1)];
            }

            _wishes = grown;
            _wishHead = 0;
        }

        HubWish wish = _wishes[(_wishHead + _wishCount) & (_wishes.Length - 1)];
        _wishCount++;
        wish.Clear(kind);
        return wish;
    }

    internal bool TryTakeWish(HubWish wish)
    {
        if (_wishCount == 0)
        {
            return false;
        }

        wish.CopyFrom(_wishes[_wishHead]);
        _wishes[_wishHead].Clear(HubWishKind.None);
        _wishHead = (_wishHead + 1) & (_wishes.Length - 1);
        _wishCount--;
        return true;
    }

    /// <summary>Forgets wishes that only made sense on the connection that is gone.</summary>
    internal void ClearWishes()
    {
        while (_wishCount > 0)
        {
            _wishes[_wishHead].Clear(HubWishKind.None);
            _wishHead = (_wishHead + 1) & (_wishes.Length - 1);
            _wishCount--;
        }
    }

    internal HubNotification AddNotification(HubNotificationKind kind)
    {
        if (_notificationCount == _notifications.Length)
        {
            HubNotification[] grown = CreateNotifications(_notificationCount * 2);
            for (int i = 0; i < _notificationCount; i++)
            {
                grown[i] = _notifications[(_notificationHead + i) & (_notificationCount - 1)];
            }

            _notifications = grown;
            _notificationHead = 0;
        }

        HubNotification notification = _notifications[(_notificationHead + _notificationCount) & (_notifications.Length - 1)];
        _notificationCount++;
        notification.Clear(kind);
        return notification;
    }

    internal bool TryTakeNotification(HubNotification notification)
    {
        if (_notificationCount == 0)
        {
            return false;
        }

        notification.CopyFrom(_notifications[_notificationHead]);
        _notifications[_notificationHead].Clear(HubNotificationKind.None);
        _notificationHead = (_notificationHead + 1) & (_notifications.Length - 1);
        _notificationCount--;
        return true;
    }

    private static HubWish[] CreateWishes(int count)
    {
        HubWish[] wishes = new HubWish[count];
        for (int i = 0; i < count; i++)
        {
            wishes[i] = new HubWish();
        }

        return wishes;
    }

    private static HubNotification[] CreateNotifications(int count)
    {
        HubNotification[] notifications = new HubNotification[count];
        for (int i = 0; i < count; i++)
        {
            notifications[i] = new HubNotification();
        }

        return notifications;
    }
}
