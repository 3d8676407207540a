package dev.pel.demo;

import org.apache.commons.csv.CSVFormat;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Provisional: holds the place until the demo is here. */
@RestController
class ProvisionalController {

    @GetMapping("/")
    String started() {
        return CSVFormat.RFC4180.format("pel", "demo", "started");
    }
}
