"""The desk (工作台): every edition with its state and its buttons, and beside them the page as it will be, live."""
