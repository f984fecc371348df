"""What leaves MediLink as a picture or a file: drawn QR codes, PDFs."""
