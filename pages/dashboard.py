"""Screen « Tableau de bord » : the persons of a period in charts; a click on a bar filters all the others."""

import streamlit as st

from pages.shared import board
from pages.shared.card import show_card
from pages.shared.period import choose_period
from pages.shared.session import office

st.title("Tableau de bord")
db = office()
period = choose_period(db, "dashboard")
seen = board.look(db, period)
board.show_filters(seen)
board.show_chosen(db, period, seen)
for title, pictures in board.sections(seen):
    st.subheader(title)
    with st.grid(2, min_column_width=420, gap="medium"):
        for picture in pictures:
            show_card(picture, period, board.source(period, seen), "dashboard", seen.chosen, board.choose)
