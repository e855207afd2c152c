def notification(message, *, kind="info", title="", sticky=False, following=None):
    """Return the client action that tells the user `message`.

    :param str kind: info, success, warning or danger
    :param dict following: the client's next action
    """
    params = {"type": kind, "message": message, "sticky": sticky}
    if title:
        params["title"] = title
    if following:
        params["next"] = following
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}


SOFT_RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}
