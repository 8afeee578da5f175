"""Our books beside those of suppliers and gateways: asked, compared, mended where that is safe, and else found."""
