; SPDX-License-Identifier: GPL-3.0-or-later
;
; Repaints many pictures in the style of one or of several, without a window:
;
;   gimp-console-3 -idf --quit --batch-interpreter=plug-in-script-fu-eval \
;     -b '(pastiche-batch "photos/*.jpg" "style.png" "painted" #:strength 0.6 #:size 1600)'
;
; (pastiche-batch PATTERN STYLE FOLDER [#:NAME VALUE]...)
;
; is the procedure plug-in-pastiche-batch as a script can best call it; docs/scripting.md has all of it.
;
; PATTERN   the pictures: a path with * and ? in its last part. Or a list of pictures, each of which may have its own style and
;           arguments, which count instead of those for all:
;             (list "a.png" (list "b.xcf" "other.png" #:strength 0.3) (list "c.png" #:output "third.png"))
; STYLE     the style picture, or a list of them: then every picture is painted once in each. '() if all pictures have their own
; FOLDER    where the results go

(define (pastiche-batch pattern style folder . arguments)
  (apply plug-in-pastiche-batch
    (append (if (list? pattern)
                (list #:list (apply append (map pastiche-batch-picture pattern)))
                (list #:pictures pattern))
            ; A list of a single style names the results as a longer one does, unless they have a name.
            (if (and (string? pattern) (list? style)) (list #:name "{picture}-{style}") '())
            (list #:styles (if (list? style) style (list style)) #:folder folder)
            arguments)))

; A picture of a list: names and values in turn.
(define (pastiche-batch-picture row)
  (let ((row (if (pair? row) row (list row))))
    (if (not (string? (car row)))
        (error "pastiche-batch: in the list, a picture or a list that begins with one is expected instead of this:" row))
    (let loop ((rest (cdr row)) (words (list (car row) "content")))
      (cond ((null? rest) (reverse words))
            ((string? (car rest)) (loop (cdr rest) (append (list (car rest) "style") words)))
            ((list? (car rest)) (loop (append (car rest) (cdr rest)) words))
            ((null? (cdr rest)) (error "pastiche-batch: the last argument has no value."))
            (else (loop (cddr rest)
                        (append (list (pastiche-batch-text (cadr rest)) (pastiche-batch-name (car rest))) words)))))))

; "strength" for #:strength. Script-Fu lets a script pass such a name on, but not look at it; a procedure that has no such
; argument tells it in its error, though: "Invalid argument name: strength".
(define (pastiche-batch-name keyword)
  (let* ((outer *error-hook*)
         (told (call/cc (lambda (leave)
                 (set! *error-hook* (lambda message (leave (car message))))
                 (file-glob keyword "")
                 "")))
         (parts (strbreakup (if (string? told) told "") "argument name: ")))
    (set! *error-hook* outer)
    (if (null? (cdr parts))
        (error "pastiche-batch: instead of this, the name of an argument is expected, such as #:strength:" keyword))
    (car (strbreakup (cadr parts) " "))))

; Script-Fu writes 0.25 as "0,25.0" where the user's language has a comma.
(define (pastiche-batch-text value)
  (let* ((text (if (string? value) value (atom->string value)))
         (parts (if (number? value) (strbreakup text ",") (list text))))
    (if (null? (cdr parts)) text (string-append (car parts) "." (car (strbreakup (cadr parts) "."))))))
