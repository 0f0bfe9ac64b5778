"""PDFs in the look of the site: fonts, margins, headings, letters."""
