"""Acts: one public function is one sentence of the business and one transaction. No Flask, no SQL, no rules."""
