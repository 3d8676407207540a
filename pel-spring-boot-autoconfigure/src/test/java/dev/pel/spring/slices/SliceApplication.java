package dev.pel.spring.slices;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** What the tests of slices find as their application. */
@SpringBootApplication
class SliceApplication {}
