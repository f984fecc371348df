"""What Streamlit runs for every page view. Only a doorway: the pages are in ui/pages."""

from ui.navigation import show_page

show_page()
